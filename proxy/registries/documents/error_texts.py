"""What a registry says about a failure in its own words, cleaned for our messages. Pure.

The distribution specification has `{"errors": [{"code", "message", "detail"}]}`; others send one sentence as JSON or as
plain text. A web page is never repeated.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus

from proxy.secrets.forms import as_text, shows
from proxy.secrets.secret import Secret

LONGEST = 200
_READ = 65_536
# Before the varying parts are replaced, which can only make it shorter.
_CUT = 2000
_MOST_ERRORS = 3
# Shorter ones occur in many sentences by chance.
_SHORTEST_SECRET = 4
_SENTENCES = ("message", "error_description", "error", "detail", "details", "reason")
# Ids of requests and times are others in each answer: a message must stay the same while its cause does.
_VARYING = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|(?<![:\w])(?=[A-Za-z]*\d)[0-9A-Za-z]{16,}\b"
    r"|\b\d{8,}\b"
)
_MARKUP = re.compile(r"<[A-Za-z!/?]")
_STATUS_OF: Mapping[str, HTTPStatus] = {
    "BLOB_UNKNOWN": HTTPStatus.NOT_FOUND,
    "DENIED": HTTPStatus.FORBIDDEN,
    "MANIFEST_UNKNOWN": HTTPStatus.NOT_FOUND,
    "NAME_UNKNOWN": HTTPStatus.NOT_FOUND,
    "NOT_FOUND": HTTPStatus.NOT_FOUND,
    "TOOMANYREQUESTS": HTTPStatus.TOO_MANY_REQUESTS,
    "UNAUTHORIZED": HTTPStatus.UNAUTHORIZED,
    "UNAVAILABLE": HTTPStatus.SERVICE_UNAVAILABLE,
}
_CONTENT = frozenset({"tags", "manifests", "layers", "fsLayers", "config", "rootfs"})


def own_words(body: bytes, secrets: Iterable[Secret] = ()) -> str:
    """One line of at most 200 printable characters from the body of an error; empty if there is nothing to repeat.

    The same cause has the same words: ids of requests and times are left out.

    Args:
        body: of the answer.
        secrets: of the request: a text with one of them is not repeated.
    """
    raw = as_text(body[:_READ])
    document = _parsed(raw)
    if document is None:
        # Not a document that was cut or broken.
        text = "" if raw.lstrip().startswith(("{", "[", "null")) else raw
    elif isinstance(document, dict):
        text = "; ".join(_sentences(document))
    else:
        text = document if isinstance(document, str) else ""
    if _MARKUP.search(text) or any(_has(secret, raw, text) for secret in secrets):
        return ""
    line = " ".join("".join(each if each.isprintable() else " " for each in text[:_READ]).split())
    line = _VARYING.sub("...", line[:_CUT])
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def status_meant(body: bytes) -> HTTPStatus | None:
    """The status that fits the first error in the body, if the body is nothing but errors; None if it has content.

    Some proxies send the registry's error document with the status 200 or 400.
    """
    if b'"errors"' not in body[:_READ]:
        return None
    document = _parsed(as_text(body))
    if not isinstance(document, dict) or any(document.get(key) for key in _CONTENT):
        return None
    errors = list(_errors(document))
    if not errors:
        return None
    known = (_STATUS_OF.get(str(error.get("code")).upper()) for error in errors)
    return next(filter(None, known), HTTPStatus.BAD_REQUEST)


def _parsed(text: str) -> object:
    """The JSON value; None if the text is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _sentences(document: Mapping[str, object]) -> Iterator[str]:
    errors = list(_errors(document))[:_MOST_ERRORS]
    for error in errors:
        code, message = (str(error.get(key) or "").strip() for key in ("code", "message"))
        detail = error.get("detail")
        said = f"{message} ({detail.strip()})" if isinstance(detail, str) and detail.strip() else message
        yield ": ".join(filter(None, (code, said)))
    if not errors:
        found = (document.get(key) for key in _SENTENCES)
        yield next((each for each in found if isinstance(each, str) and each.strip()), "")


def _errors(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    errors = document.get("errors")
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, dict) and (error.get("code") or error.get("message")):
            yield error
        elif isinstance(error, str) and error.strip():
            yield {"message": error}


def _has(secret: Secret, *texts: str) -> bool:
    plain = secret.reveal()
    return shows(secret, *texts) or (len(plain) >= _SHORTEST_SECRET and any(plain in text for text in texts))
