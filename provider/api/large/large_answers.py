"""Answers with a large document: compressed once for each state of what it shows, sent in gzip or plain in pieces."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice

from flask import Response, request
from werkzeug.datastructures import Accept

from provider.api.answers.redaction import redacted
from provider.api.large.compressed_text import CompressedText
from proxy.secrets.redactor import Redactor

_GZIP = "gzip"
_IDENTITY = "identity"
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class LargeText:
    """A document to send: the tag of the state that it shows, and its parts, which are read once."""

    tag: str
    parts: Iterable[str]


@dataclass(frozen=True, slots=True)
class _KeptText:
    tag: str
    without: object
    etag: str
    text: CompressedText


class LargeAnswers:
    """The answers of one address. Thread-safe: while one thread makes the document, others wait for it.

    The document is kept until the next request after a change. Its parts are redacted when it is made, and it is made
    again where other secrets have become known.

    Args:
        mimetype: of the document: YAML or JSON, of which each part is a document or has no secret.
        tag: reads the tag of the present state; a cheap question.
        read: reads the document.
        redactor: removes the service's own secrets.
    """

    def __init__(
        self,
        mimetype: str,
        tag: Callable[[], str],
        read: Callable[[], AbstractContextManager[LargeText]],
        redactor: Redactor,
    ) -> None:
        self._mimetype = mimetype
        self._tag = tag
        self._read = read
        self._redactor = redactor
        self._making = threading.Lock()
        self._kept: _KeptText | None = None

    def answer(self) -> Response:
        """The answer to the current request: the document, or 304 without making it."""
        tag = self._tag()
        compressed = takes_gzip(request.accept_encodings)
        kept = self._fresh(tag)
        if not _is_known(kept.etag if kept else self._etag(tag), compressed=compressed):
            kept = kept or self._made(tag)
            # The text of another moment, or one without a secret, has another tag.
            if not _is_known(kept.etag, compressed=compressed):
                return self._whole(kept, compressed=compressed)
        response = Response(status=HTTPStatus.NOT_MODIFIED)
        return _described(response, kept.etag if kept else self._etag(tag), compressed=compressed)

    def _whole(self, kept: _KeptText, *, compressed: bool) -> Response:
        text = kept.text
        response = Response(text.in_gzip() if compressed else text.plain())
        response.content_type = f"{self._mimetype}; charset=utf-8"
        response.content_length = len(text.compressed) if compressed else text.size
        if compressed:
            response.content_encoding = _GZIP
        return _described(response, kept.etag, compressed=compressed)

    def _fresh(self, tag: str) -> _KeptText | None:
        kept = self._kept
        return kept if kept and kept.tag == tag and kept.without == self._redactor.known else None

    def _made(self, tag: str) -> _KeptText:
        with self._making:
            # Another thread may have made it meanwhile.
            if kept := self._fresh(tag):
                return kept
            self._kept = None
            without = self._redactor.known
            with self._read() as read:
                shown = _ShownParts(read.parts, self._mimetype, self._redactor)
                text = CompressedText.of(shown)
                # A tag that was made of the text with a secret does not leave.
                kept = _KeptText(read.tag, without, text.digest[:32] if shown.removed else self._etag(read.tag), text)
            self._kept = kept
            return kept

    def _etag(self, tag: str) -> str:
        # The tag may be too long for an entity tag, or contain characters that one cannot.
        return hashlib.sha256(f"{self._mimetype}\n{tag}".encode()).hexdigest()[:32]


class _ShownParts:
    """The parts without secrets; afterwards `removed` says whether there was one."""

    def __init__(self, parts: Iterable[str], mimetype: str, redactor: Redactor) -> None:
        self._parts = iter(parts)
        self._mimetype = mimetype
        self._redactor = redactor
        self.removed = False

    def __iter__(self) -> Iterator[str]:
        while some := list(islice(self._parts, _AT_ONCE)):
            joined = "".join(some)
            if self._redactor.holds(joined):
                joined = "".join(map(self._shown, some))
            yield joined

    def _shown(self, part: str) -> str:
        if not self._redactor.holds(part):
            return part
        self.removed = True
        return redacted(part, self._mimetype, self._redactor)


def takes_gzip(accepted: Accept) -> bool:
    """Whether the caller names gzip, and does not prefer the plain text (RFC 9110, 12.5.3)."""
    gzip = accepted.quality(_GZIP)
    plain = accepted.quality(_IDENTITY) if _IDENTITY in accepted.values() else 0
    return bool(gzip) and gzip >= plain


def _is_known(etag: str, *, compressed: bool) -> bool:
    """Whether the caller has it in this encoding: a cache takes a 304 for the answer that has the tag of the 304."""
    return request.if_none_match.contains_weak(_of_encoding(etag, compressed=compressed))


def _of_encoding(etag: str, *, compressed: bool) -> str:
    # The bytes differ, so the tags do too (RFC 9110, 8.8.3.3).
    return f"{etag}-{_GZIP}" if compressed else etag


def _described(response: Response, etag: str, *, compressed: bool) -> Response:
    response.set_etag(_of_encoding(etag, compressed=compressed))
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Accept-Encoding")
    return response
