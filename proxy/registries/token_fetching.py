"""Which credentials a token is requested with, and what a token server's refusal means."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from proxy.errors import NotNow, OutsideFailure, Refused, Unavailable
from proxy.registries.challenges import Challenge
from proxy.registries.realms import credentials_may_go
from proxy.registries.token_requests import Send, TokenRequest, WrongCredentials, fetch_token
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.secrets.tokens import Scopes, Token

# Repeated requests with a refused password can lock the account.
WRONG_CREDENTIALS_WAIT = timedelta(seconds=30)
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _RefusedScopes:
    """A refusal that is repeated until a time, without another request; `scopes`: None: whatever is requested."""

    credentials: BasicCredentials
    scopes: Scopes | None


class TokenFetcher:
    """Requests tokens for one registry. Safe to use from many threads.

    Credentials go only to token servers that may have them. Those that a source issued for a registry with public
    repositories are left out where they are refused.

    Args:
        registry: the host that the credentials belong to.
        credentials: of all registries.
        send: sends a request to a token server.
        now: the time, in UTC.
        trusted_realms: registry host to a token server's host that may get its credentials.
    """

    def __init__(
        self,
        registry: str,
        credentials: RegistryCredentials,
        *,
        send: Send,
        now: Callable[[], datetime],
        trusted_realms: Mapping[str, str],
    ) -> None:
        self._registry = registry
        self._credentials = credentials
        self._send = send
        self._now = now
        self._trusted = trusted_realms
        self._lock = threading.Lock()
        # Many requests that are refused at the same time are judged by one request.
        self._judging = threading.Lock()
        self._refusals: dict[_RefusedScopes, tuple[datetime, str]] = {}
        self._proven: dict[BasicCredentials, datetime] = {}
        self._not_sent: str | None = None

    def fetch(self, challenge: Challenge, scopes: Scopes, repository: str, *, anonymous: bool = False) -> Token:
        """Request one token.

        Args:
            challenge: names the token server.
            scopes: what to request.
            repository: the one whose credentials are used.
            anonymous: send no credentials.

        Raises:
            OutsideFailure: as `fetch_token`, or the credentials cannot be had.
        """
        realm = challenge.parameters["realm"]
        credentials = None if anonymous else self._credentials.for_registry(self._registry, repository)
        request = TokenRequest(realm, challenge.parameters.get("service"), scopes, credentials)
        if credentials is None:
            return fetch_token(request, self._send, self._now)
        self._not_sent = None
        if not credentials_may_go(realm, self._registry, self._trusted):
            return self._without(request)
        try:
            return self._with(request, credentials, repository)
        except Refused as refusal:
            if not self._credentials.is_optional(self._registry, repository, credentials):
                raise
            try:
                return fetch_token(replace(request, credentials=None), self._send, self._now)
            except Refused:
                raise refusal from None

    def single_request(
        self, challenge: Challenge, scopes: Scopes, repository: str, *, anonymous: bool
    ) -> TokenRequest | None:
        """The request that `fetch` would send, where one GET is all of it; None: only `fetch` knows what to do.

        Credentials that this token server has accepted are among what is needed for that.

        Raises:
            OutsideFailure: as `fetch`.
        """
        realm = challenge.parameters["realm"]
        credentials = None if anonymous else self._credentials.for_registry(self._registry, repository)
        if credentials:
            self._check(credentials, scopes)
            if credentials not in self._proven or credentials.identity_token:
                return None
            if not credentials_may_go(realm, self._registry, self._trusted):
                return None
        return TokenRequest(realm, challenge.parameters.get("service"), scopes, credentials)

    def explained(self, refusal: Refused, repository: str) -> OutsideFailure:
        """A refusal, with the reason why a request went without credentials."""
        if self._not_sent:
            # Its advice, to check the auth file, is wrong here.
            return Refused(f"{str(refusal).partition('; check ')[0]}; {self._not_sent}")
        withheld = self._credentials.withheld(self._registry, repository)
        if withheld is None or str(withheld) in str(refusal):
            return refusal
        message = f"{refusal}; {withheld}"
        return Unavailable(message, withheld.retry_at) if isinstance(withheld, NotNow) else Refused(message)

    def _without(self, request: TokenRequest) -> Token:
        """A token without the credentials, which its token server must not have."""
        host = urlsplit(request.realm).netloc
        setting = f"IMAGE_FACTORY_TRUSTED_REALMS={self._registry}={host}"
        self._not_sent = (
            f"it was asked without credentials because {host} is not known as the token server of {self._registry}; "
            f"if it is, set {setting}"
        )
        self._credentials.rejected(
            self._registry,
            f"its credentials are not used: {host} is not known as its token server",
            f"If it is, set {setting}.",
        )
        return fetch_token(replace(request, credentials=None), self._send, self._now)

    def _with(self, request: TokenRequest, credentials: BasicCredentials, repository: str) -> Token:
        self._check(credentials, request.scopes)
        try:
            token = self._proving(request, credentials)
        except WrongCredentials as error:
            other = self._credentials.after_refusal(self._registry, repository, credentials)
            if other is None:
                with self._judging:
                    self._check(credentials, request.scopes)
                    raise self._judged(request, credentials, error) from error
            return self._with(replace(request, credentials=other), other, repository)
        return replace(token, credentials=credentials)

    def _proving(self, request: TokenRequest, credentials: BasicCredentials) -> Token:
        token = fetch_token(request, self._send, self._now)
        with self._lock:
            if len(self._proven) >= _MOST_REMEMBERED:
                self._proven.clear()
            self._proven[credentials] = self._now()
        self._credentials.accepted(self._registry)
        return token

    def _check(self, credentials: BasicCredentials, scopes: Scopes) -> None:
        """Raise the refusal of a moment ago."""
        now = self._now()
        for scope, failure in ((None, WrongCredentials), (scopes, Refused)):
            until, message = self._refusals.get(_RefusedScopes(credentials, scope), (now, ""))
            if now < until:
                raise failure(message)

    def _judged(self, request: TokenRequest, credentials: BasicCredentials, error: WrongCredentials) -> Refused:
        """What a 401 means: these credentials are wrong, or they are right and not enough for these scopes.

        Some token servers answer 401 also to right credentials, for a repository that they may not read. Whether they
        are right shows a request without scopes, which is what `docker login` sends.
        """
        if not request.scopes or not self._are_right(request, credentials):
            self._remember(_RefusedScopes(credentials, None), str(error))
            self._credentials.rejected(
                self._registry, str(error), "Correct the registry's credentials; they are read again by themselves."
            )
            return error
        message = (
            f"{str(error).partition(';')[0]} for {', '.join(request.scopes[:3])}, and accepts them otherwise; "
            "give them access to the repository, or check its name"
        )
        self._remember(_RefusedScopes(credentials, request.scopes), message)
        return Refused(message)

    def _are_right(self, request: TokenRequest, credentials: BasicCredentials) -> bool:
        proven = self._proven.get(credentials)
        if proven and self._now() < proven + WRONG_CREDENTIALS_WAIT:
            return True
        try:
            self._proving(replace(request, scopes=()), credentials)
        except WrongCredentials:
            return False
        except OutsideFailure:
            return proven is not None
        return True

    def _remember(self, refusal: _RefusedScopes, message: str) -> None:
        now = self._now()
        with self._lock:
            if len(self._refusals) >= _MOST_REMEMBERED:
                self._refusals = {key: kept for key, kept in self._refusals.items() if now < kept[0]}
            self._refusals[refusal] = now + WRONG_CREDENTIALS_WAIT, message
