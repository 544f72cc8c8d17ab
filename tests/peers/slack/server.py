"""The fake Slack as a server: token, faults, lost answers, and the methods."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.faults import Faults
from tests.peers.loopback import LoopbackServer
from tests.peers.slack.methods import METHODS, Arguments, Call, Refused
from tests.peers.slack.state import Channel, Posted, Workspace

TOKEN = "xoxb-1234567890-peer-token"
_API = "/api/"
_SCOPES = ("chat:write", "channels:read", "channels:history")


class Slack(LoopbackServer):
    """A workspace with one channel, `builds`, that the app was invited to. Attributes may be changed while it runs.

    Attributes:
        token: the only one that is taken.
        revoked: tokens that were valid once.
        scopes: what the token may do.
        apart: how many seconds a channel's new messages must be apart.
        clock: seconds since 1970.
        calls: the method of every request, refused ones too, oldest first.
        before_answer: called with the method of each request that was carried out, before its answer leaves.
        builds: the channel.
    """

    def __init__(self) -> None:
        super().__init__(self._respond_to)
        self.token = TOKEN
        self.revoked: set[str] = set()
        self.scopes = set(_SCOPES)
        self.apart = 1.0
        self.clock: Callable[[], float] = time.time
        self.calls: list[str] = []
        self.before_answer: Callable[[str], object] = lambda _: None
        self.workspace = Workspace()
        self.builds: Channel = self.workspace.add("C0BUILDS001", "builds")
        self._faults = Faults()
        self._lost: list[str] = []

    @property
    def api_url(self) -> str:
        """The address that clients are given."""
        return f"{self.url}{_API}"

    @property
    def messages(self) -> list[Posted]:
        """What stands in the channel, oldest first."""
        return self.builds.messages

    def fail(self, method: str, status: int, *, error: str = "", retry_after: int | None = None) -> None:
        """The next call of that method is answered so, and carries nothing out."""
        headers = (("Retry-After", str(retry_after)),) if retry_after is not None else ()
        document = json_answer(status, {"ok": False, "error": error}, *headers)
        answer = document if error else Answer(status, b"<html>upstream</html>", (("Content-Type", "text/html"),))
        self._faults.add("POST", f"^{_API}{method}$", answer, 1)

    def replace_token(self, token: str) -> None:
        """Revoke the token, and take this one from now on."""
        self.revoked.add(self.token)
        self.token = token

    def lose_request(self, method: str) -> None:
        """The next call of that method breaks off before it is carried out."""
        self._faults.add("POST", f"^{_API}{method}$", None, 1)

    def lose_answer(self, method: str) -> None:
        """The next call of that method is carried out, and its answer does not arrive."""
        self._lost.append(method)

    def _respond_to(self, request: Request) -> Answer | None:
        method = request.path.removeprefix(_API)
        with self.workspace.lock:
            self.calls.append(method)
            if fault := self._faults.take(request.method, request.path):
                return fault.answer
            listed = ("x-oauth-scopes", ",".join(sorted(self.scopes)))
            try:
                answer = json_answer(200, {"ok": True, **self._carried_out(request, method)}, listed)
            except Refused as refusal:
                limited = refusal.retry_after is not None
                headers = (("Retry-After", str(refusal.retry_after)),) if limited else ()
                return json_answer(429 if limited else 200, refusal.document, *headers)
            self.before_answer(method)
            if method in self._lost:
                self._lost.remove(method)
                return None
            return answer

    def _carried_out(self, request: Request, method: str) -> dict[str, Any]:
        if method not in METHODS or not request.path.startswith(_API):
            raise Refused("unknown_method", req_method=method)
        arguments = _arguments(request)
        bearer = request.authorization.removeprefix("Bearer ") or str(arguments.get("token", ""))
        if bearer in self.revoked:
            raise Refused("token_revoked")
        if bearer != self.token:
            raise Refused("invalid_auth" if bearer else "not_authed")
        carry_out, scopes = METHODS[method]
        if scopes and not self.scopes.intersection(scopes):
            raise Refused("missing_scope", needed=scopes[0], provided=",".join(sorted(self.scopes)))
        return carry_out(Call(self.workspace, arguments, self.clock(), self.apart))


def _arguments(request: Request) -> Arguments:
    """JSON or a form; in a form blocks and metadata are JSON themselves."""
    if "json" in request.headers.get("Content-Type", ""):
        document = json.loads(request.body or b"{}")
        return document if isinstance(document, dict) else {}
    form: dict[str, Any] = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    return {name: json.loads(value) if name in ("blocks", "metadata") else value for name, value in form.items()}
