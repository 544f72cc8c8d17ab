"""Requests with an Idempotency-Key: sent again, they get the same answer and have no second effect."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime

from flask import Response, request
from werkzeug.exceptions import Conflict, UnprocessableEntity

from provider.auth.strict_json import parse
from provider.enrolling_ports import KeyedAnswer, KeyedRequest, KeyedRequests, KeyState
from provider.services.enrolling.once import once

HEADER = "Idempotency-Key"
REPEATED = "Idempotency-Replayed"
_KEY = re.compile(r"[!-~]([ -~]{0,253}[!-~])?")


def repeatable(keys: KeyedRequests, now: datetime, caller: str, act: Callable[[], Response]) -> Response:
    """The answer of the act, or the answer that the current request got when it was sent before.

    Only an answer without an error is kept: a request that was refused may be sent again with the same key.

    Raises:
        UnprocessableEntity: the key is not valid, or was used for another request.
        Conflict: the same request is still running.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return act()
    if not _KEY.fullmatch(key):
        raise _refused("must be 1 to 255 visible ASCII characters")
    keyed = KeyedRequest(caller, key, _digest())
    answer = once(keys, keyed, now, act, _kept, _again)
    if answer is KeyState.OTHER:
        raise _refused("was used for another request; use a new key for each request")
    if answer is KeyState.RUNNING:
        raise Conflict("A request with this Idempotency-Key is still running; send it again in a moment.")
    return answer


def _kept(answer: Response) -> KeyedAnswer:
    return KeyedAnswer(answer.status_code, answer.get_data(as_text=True))


def _again(answer: KeyedAnswer) -> Response:
    return Response(answer.body, answer.status, {REPEATED: "true"}, content_type="application/json")


def _digest() -> str:
    """A hash of all that the current request asks for; the order of keys and white space do not matter."""
    try:
        body = json.dumps(parse(request.get_data()), sort_keys=True)
    except ValueError:
        # It is refused for that, or needs no body.
        body = ""
    parts = (request.method, request.path, json.dumps(sorted(request.args.items(multi=True))), body)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _refused(message: str) -> UnprocessableEntity:
    refusal = UnprocessableEntity(f"{HEADER} {message}.")
    refusal.data = {"messages": {"headers": {HEADER: [f"{message[0].upper()}{message[1:]}."]}}}  # type: ignore[attr-defined]  # the format of webargs
    return refusal
