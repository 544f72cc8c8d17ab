"""GitHub Apps: their signatures, their installations, and tokens that expire.

These operations are in GitHub's description but not in the part of it that is kept here, so no contract checks them.
Their shapes and refusals follow GitHub's docs, "REST API endpoints for GitHub Apps" and "Generating a JSON Web Token".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import jwt

from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.github.call import Call, Perform, Refused, refusal
from tests.peers.github.hook_state import Hook
from tests.peers.github.hooks import address_at, deliver_again, page_of
from tests.peers.github.state import State, Token

_NAME = r"([^/]+)"
_LIFE = timedelta(hours=1)
_LONGEST_JWT = timedelta(minutes=10)


@dataclass(slots=True)
class Installation:
    """Where an App is installed; `suspended` by its owner it gives no tokens."""

    id: int
    owner: str
    suspended: bool = False


@dataclass(slots=True)
class App:
    """A registered App; `public_key` is PEM."""

    id: str
    slug: str
    public_key: bytes = field(repr=False)
    installations: list[Installation] = field(default_factory=list)


class Apps:
    """The registered Apps and their tokens, which count among the state's own until they expire by its clock."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._apps: dict[str, App] = {}
        self._issued: dict[str, datetime] = {}

    def register(self, app_id: str, public_key: bytes, *, slug: str = "image-factory") -> App:
        """Register an App without installations."""
        app = self._apps[app_id] = App(app_id, slug, public_key)
        return app

    def install(self, app: App, owner: str) -> Installation:
        """Install it for a user or an organization, with all repositories."""
        with self._state.lock:
            installation = Installation(self._state.new_id(), owner)
            app.installations.append(installation)
        return installation

    def revoke_tokens(self) -> None:
        """Make all existing tokens invalid."""
        with self._state.lock:
            for token in self._issued:
                self._state.tokens.pop(token, None)
            self._issued.clear()

    def performer(self, request: Request) -> Callable[[], Answer] | None:
        """The function for an App's operation; None for another request."""
        for method, pattern, perform in (
            ("GET", rf"/(?:users|orgs)/{_NAME}/installation", self._installation),
            ("GET", rf"/repos/{_NAME}/{_NAME}/installation", self._repository_installation),
            ("POST", rf"/app/installations/{_NAME}/access_tokens", self._access_token),
            ("GET", r"/app/hook/deliveries", partial(self._deliveries, request)),
            ("POST", rf"/app/hook/deliveries/{_NAME}/attempts", self._deliver_again),
        ):
            if request.method == method and (found := re.fullmatch(pattern, request.path)):
                return partial(self._performed, perform, request, found)
        return None

    def token(self, offered: str) -> Token | None:
        """The permissions of a token; None if it is unknown or has expired."""
        self._forget_expired()
        return self._state.tokens.get(offered)

    def _performed(self, perform: Callable[..., Answer], request: Request, found: re.Match[str]) -> Answer:
        try:
            return perform(self._signed_by(request), *found.groups())
        except Refused as refused:
            return refusal(refused.status, str(refused))

    def _installation(self, app: App, owner: str) -> Answer:
        for installation in app.installations:
            if installation.owner.lower() == owner.lower():
                return json_answer(200, self._document(app, installation))
        raise Refused(404, "Not Found")

    def _repository_installation(self, app: App, owner: str, name: str) -> Answer:
        if f"{owner}/{name}".lower() not in self._state.repositories:
            raise Refused(404, "Not Found")
        return self._installation(app, owner)

    def _access_token(self, app: App, number: str) -> Answer:
        installation = next((each for each in app.installations if str(each.id) == number), None)
        if installation is None:
            raise Refused(404, "Not Found")
        if installation.suspended:
            raise Refused(403, "This installation has been suspended")
        text = f"ghs_installation{self._state.new_id()}"
        expires_at = self._state.clock() + _LIFE
        self._issued[text] = expires_at
        self._state.tokens[text] = Token(f"{app.slug}[bot]", installed_for=installation.owner)
        document = {"token": text, "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}", "repository_selection": "all"}
        return json_answer(201, document | {"permissions": {"actions": "write", "contents": "read"}})

    def _deliveries(self, request: Request, app: App) -> Answer:
        return page_of(self._hook(app), request.path, request.query, address_at(request.headers["Host"]))

    def _deliver_again(self, app: App, number: str) -> Answer:
        return deliver_again(self._hook(app), number, self._state.new_id, self._state.clock())

    def _hook(self, app: App) -> Hook:
        hook = self._state.hooks.get(app.id.lower())
        if hook is None:
            raise Refused(404, "Not Found")
        return hook

    def _document(self, app: App, installation: Installation) -> dict[str, object]:
        return {
            "id": installation.id,
            "account": {"login": installation.owner, "type": self._state.owners.get(installation.owner, "User")},
            "app_id": app.id,
            "app_slug": app.slug,
            "target_type": self._state.owners.get(installation.owner, "User"),
            "repository_selection": "all",
            "suspended_at": f"{self._state.clock():%Y-%m-%dT%H:%M:%SZ}" if installation.suspended else None,
        }

    def _signed_by(self, request: Request) -> App:
        """The App whose key signed the request's token, good by our clock."""
        scheme, _, text = request.authorization.partition(" ")
        unreadable = Refused(401, "A JSON web token could not be decoded")
        try:
            issuer = jwt.decode(text, options={"verify_signature": False}).get("iss")
            app = self._apps.get(str(issuer))
            if scheme != "Bearer" or app is None:
                raise unreadable
            claims = jwt.decode(
                text,
                app.public_key,
                algorithms=["RS256"],
                # The times are checked by our own clock.
                options={"verify_exp": False, "verify_iat": False, "require": ["iss", "iat", "exp"]},
            )
        except jwt.InvalidTokenError as error:
            raise unreadable from error
        self._check_times(claims["iat"], claims["exp"])
        return app

    def _check_times(self, issued_at: int, expires_at: int) -> None:
        now = int(self._state.clock().timestamp())
        if issued_at > now:
            raise Refused(401, "'Issued at' claim ('iat') must be an Integer representing a time in the past")
        if expires_at <= now:
            raise Refused(401, "'Expiration time' claim ('exp') must be a numeric value in the future")
        if expires_at > now + _LONGEST_JWT.total_seconds():
            raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")

    def _forget_expired(self) -> None:
        now = self._state.clock()
        for text in [text for text, expires_at in self._issued.items() if expires_at <= now]:
            del self._issued[text]
            self._state.tokens.pop(text, None)


def without_apps(perform: Perform) -> Perform:
    """The operation, which GitHub refuses to Apps' installations."""

    def performed(call: Call) -> Answer:
        if call.token and call.token.installed_for:
            raise Refused(403, "Resource not accessible by integration")
        return perform(call)

    return performed
