"""Authentication at a registry: answers challenges with Basic credentials or with tokens."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from proxy.errors import AddressRefused, Garbage, NotNow, OutsideFailure, Refused, Unavailable, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.exchange import Answer
from proxy.registries.batches import ScopeBatches, pull_scope
from proxy.registries.challenges import Challenge, parse_challenges
from proxy.registries.realms import check_realm, credentials_may_go
from proxy.registries.token_requests import Send, TokenRequest, WrongCredentials, basic_header, fetch_token
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.secrets.secret import Secret
from proxy.secrets.tokens import Scopes, Token, TokenCache

# Repeated requests with a refused password can lock the account.
WRONG_CREDENTIALS_WAIT = timedelta(seconds=30)
_REPOSITORY_SCOPES = ("repository:", "registry:")
_REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# A token for many repositories can exceed the server's limit for a header.
_TOO_LONG = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE})


@dataclass(frozen=True, slots=True)
class Authorization:
    """The value of an Authorization header.

    Attributes:
        header: the value.
        token: the bearer token in it, if it is one.
        scopes: the scopes that were requested.
        for_batch: whether the token was requested for several repositories.
        credentials: of Basic authentication.
    """

    header: Secret
    token: Token | None = None
    scopes: Scopes = ()
    for_batch: bool = False
    credentials: BasicCredentials | None = None


def is_refusal(answer: Answer, used: Authorization | None) -> bool:
    """Whether the answer means that the authorization is missing or not enough."""
    return answer.status in _REFUSALS or (used is not None and used.for_batch and answer.status in _TOO_LONG)


class Authenticator:
    """The authorization for one registry, by its challenges. Safe to use from many threads.

    Args:
        registry: the host that the credentials belong to.
        credentials: of all registries.
        send: sends a request to a token server.
        now: the time, in UTC.
        policy: which token servers may be reached by plain http.
        trusted_realms: registry host to a token server's host that may get its credentials.
    """

    def __init__(
        self,
        registry: str,
        credentials: RegistryCredentials,
        *,
        send: Send,
        now: Callable[[], datetime],
        policy: AddressPolicy,
        trusted_realms: Mapping[str, str],
    ) -> None:
        self._registry = registry
        self._credentials = credentials
        self._send = send
        self._now = now
        self._policy = policy
        self._trusted = trusted_realms
        self._challenge: Challenge | None = None
        self._learned_from = ""
        self._own_scopes: dict[tuple[str, bool], Scopes] = {}
        self._tokens = TokenCache(now)
        self._batches = ScopeBatches()
        self._wrong: tuple[datetime, str] | None = None

    @property
    def wants_tokens(self) -> bool:
        """Whether the registry is known to require bearer tokens."""
        return self._challenge is not None and self._challenge.scheme == "bearer"

    @property
    def knows_challenge(self) -> bool:
        """Whether the registry has sent a challenge."""
        return self._challenge is not None

    def plan(self, repositories: Iterable[str]) -> list[str]:
        """Request tokens for these repositories in batches from now on.

        Returns:
            The first repository of each batch; none if the registry requires no tokens or grants no batches.
        """
        if not self.wants_tokens or self._common_scopes():
            return []
        order = {repository: number for number, repository in enumerate(repositories)}
        return sorted(self._batches.plan(self._by_account(order)), key=order.__getitem__)

    def _by_account(self, repositories: Iterable[str]) -> list[list[str]]:
        """The repositories in groups of the same credentials: one token is requested with one of them."""
        groups: dict[str, list[str]] = {}
        for repository in repositories:
            groups.setdefault(self._credentials.account(self._registry, repository), []).append(repository)
        return list(groups.values())

    def learn(self, answer: Answer, repository: str = "") -> None:
        """Keep the challenge of an answer about a repository; an answer without one changes nothing.

        Raises:
            AddressRefused: no token may be requested from its realm; it is not kept, because it came for one repository
                and would then be used for all.
        """
        challenges = parse_challenges(answer.headers.get("www-authenticate", ""))
        tokens = [it for it in challenges if it.scheme == "bearer" and it.parameters.get("realm")]
        passwords = [it for it in challenges if it.scheme == "basic"]
        for challenge in tokens[:1]:
            check_realm(challenge.parameters["realm"], self._registry, self._policy)
        if tokens or passwords:
            self._challenge, self._learned_from = (tokens or passwords)[0], repository

    def authorization(self, repository: str, *, lists: bool = False) -> Authorization | None:
        """The authorization for a repository; None until the registry sends a challenge.

        None also where the challenge of another repository leads nowhere: the registry may send another one for this.

        Args:
            repository: the one that the request is about.
            lists: for a list of its tags; a registry may want other scopes for that than for its manifests.

        Raises:
            OutsideFailure: a token cannot be fetched.
        """
        learned_from = self._learned_from
        try:
            return self._authorization(repository, lists=lists)
        except (AddressRefused, Unreachable):
            if learned_from in {"", repository}:
                raise
            return None

    def _authorization(self, repository: str, *, lists: bool) -> Authorization | None:
        challenge = self._challenge
        if challenge is None:
            return None
        if challenge.scheme == "basic":
            return self._basic(repository)
        if own := self._own(repository, lists=lists):
            return self._bearer(challenge, own, repository)
        scope = pull_scope(repository)
        scopes = self._batches.scopes_with(scope)
        if len(scopes) == 1:
            return self._bearer(challenge, scopes, repository)
        return self._batch_or_single(challenge, scopes, repository)

    def renewed(
        self, answer: Answer, repository: str, used: Authorization | None, *, lists: bool = False
    ) -> Authorization | None:
        """The authorization for a second attempt after a refusal; None if there is no better one. See `authorization`.

        Raises:
            OutsideFailure: a token cannot be fetched.
        """
        self.learn(answer, repository)
        challenge = self._challenge
        if challenge is None:
            return None
        if challenge.scheme == "basic":
            return self._basic(repository) if used is None or used.token else self._other_basic(repository, used)
        self._remember_scopes(answer, repository, lists=lists)
        if used is None or used.token is None:
            return self.authorization(repository, lists=lists)
        if not used.for_batch:
            self._tokens.discard(used.scopes, used.token)
        return self._bearer(challenge, self._own(repository, lists=lists) or (pull_scope(repository),), repository)

    def explained(self, refusal: Refused, repository: str) -> OutsideFailure:
        """A refusal, with the reason why there were no credentials for the repository if its source failed."""
        withheld = self._credentials.withheld(self._registry, repository)
        if withheld is None or str(withheld) in str(refusal):
            return refusal
        message = f"{refusal}; {withheld}"
        return Unavailable(message, withheld.retry_at) if isinstance(withheld, NotNow) else Refused(message)

    def accepted(self, repository: str, used: Authorization | None, refused: Authorization | None) -> None:
        """Note that a request succeeded with `used`, after `refused` failed (None: at the first attempt)."""
        if used is None or used.token is None:
            return
        if used.for_batch:
            self._batches.accepted(pull_scope(repository))
        elif refused is not None and refused.for_batch:
            self._batches.refused()

    def _basic(self, repository: str) -> Authorization | None:
        return _basic_of(self._credentials.for_registry(self._registry, repository))

    def _other_basic(self, repository: str, refused: Authorization) -> Authorization | None:
        """With credentials that have changed since; None if they are the same."""
        return _basic_of(self._credentials.after_refusal(self._registry, repository, refused.credentials))

    def _batch_or_single(self, challenge: Challenge, scopes: Scopes, repository: str) -> Authorization:
        try:
            return self._bearer(challenge, scopes, repository, for_batch=True)
        except (Refused, Garbage):
            single = self._bearer(challenge, (pull_scope(repository),), repository)
        self._batches.refused()
        return single

    def _bearer(
        self, challenge: Challenge, scopes: Scopes, repository: str, *, for_batch: bool = False
    ) -> Authorization:
        token = self._tokens.get(scopes, lambda: self._fetch(challenge, scopes, repository))
        return Authorization(Secret(f"Bearer {token.secret.reveal()}"), token, scopes, for_batch)

    def _fetch(self, challenge: Challenge, scopes: Scopes, repository: str) -> Token:
        if self._wrong and self._now() < self._wrong[0]:
            raise WrongCredentials(self._wrong[1])
        realm = challenge.parameters["realm"]
        trusted = credentials_may_go(realm, self._registry, self._trusted)
        credentials = self._credentials.for_registry(self._registry, repository) if trusted else None
        request = TokenRequest(realm, challenge.parameters.get("service"), scopes, credentials)
        try:
            return fetch_token(request, self._send, self._now)
        except WrongCredentials as error:
            self._wrong = (self._now() + WRONG_CREDENTIALS_WAIT, str(error))
            raise

    def _own(self, repository: str, *, lists: bool) -> Scopes:
        return self._common_scopes() or self._own_scopes.get((repository, lists), ())

    def _common_scopes(self) -> Scopes:
        """Scopes that all repositories share, unlike those of the specification (Amazon's public registry: `aws`)."""
        scopes = self._challenge.scopes if self._challenge else ()
        return scopes if scopes and not any(scope.startswith(_REPOSITORY_SCOPES) for scope in scopes) else ()

    def _remember_scopes(self, answer: Answer, repository: str, *, lists: bool) -> None:
        """Keep the scopes that the registry names, if they differ from the usual ones, for this kind of request.

        Azure's registries want `metadata_read` for lists, and `pull` for manifests.
        """
        challenges = parse_challenges(answer.headers.get("www-authenticate", ""))
        scopes = next((it.scopes for it in challenges if it.scheme == "bearer" and it.scopes), ())
        if scopes == (pull_scope(repository),):
            self._own_scopes.pop((repository, lists), None)
        elif scopes:
            self._own_scopes[repository, lists] = scopes


def _basic_of(credentials: BasicCredentials | None) -> Authorization | None:
    if credentials is None or not credentials.password:
        return None
    return Authorization(Secret(basic_header(credentials)), credentials=credentials)
