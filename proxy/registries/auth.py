"""Authentication at a registry: answers challenges with Basic credentials or with tokens."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from proxy.errors import AddressRefused, Garbage, OutsideFailure, Refused, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.exchange import Answer
from proxy.registries.batches import ScopeBatches, pull_scope
from proxy.registries.challenges import Challenge, parse_challenges, usable_challenge
from proxy.registries.realms import absolute_realm, check_realm
from proxy.registries.token_fetching import TokenFetcher
from proxy.registries.token_requests import Send, TokenRequest, WrongCredentials, basic_header, parse_token
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.secrets.secret import Secret
from proxy.secrets.tokens import Scopes, Token, TokenCache

_REPOSITORY_SCOPES = ("repository:", "registry:")
_BASIC = Challenge("basic")
# Marks the scopes of a token that is requested without credentials.
_ANONYMOUS = ""
# The kind of question that is asked about many repositories at once.
_SWEPT = "manifests"
_QUESTION = re.compile(r"/v2/.+/(manifests|blobs|tags|referrers)/[^/]+")
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
        credentials: those of Basic authentication, or whose token is sent as it is.
    """

    header: Secret
    token: Token | None = None
    scopes: Scopes = ()
    for_batch: bool = False
    credentials: BasicCredentials | None = None

    @property
    def is_basic(self) -> bool:
        """Whether it is a user and a password."""
        return self.credentials is not None and self.credentials.registry_token is None

    @property
    def has_credentials(self) -> bool:
        """Whether it was made with credentials of ours; anybody gets an anonymous token."""
        return self.credentials is not None or (self.token is not None and self.token.credentials is not None)


@dataclass(frozen=True, slots=True)
class TokenNeeded:
    """A token that has to be requested first, and the key under which it is kept."""

    key: Scopes
    request: TokenRequest


class NeedsMore(Exception):
    """The authorization takes more than one request, or waits for something else."""


def is_refusal(answer: Answer, used: Authorization | None) -> bool:
    """Whether the answer means that the authorization is missing or not enough."""
    return answer.status in _REFUSALS or (used is not None and used.for_batch and answer.status in _TOO_LONG)


def question_of(path: str) -> str:
    """The kind of question that a path asks about its repository: `manifests`, `tags`, ...; empty if there is none."""
    found = _QUESTION.match(path)
    return found[1] if found else ""


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
        self._policy = policy
        self._fetcher = TokenFetcher(registry, credentials, send=send, now=now, trusted_realms=trusted_realms)
        self._challenge: Challenge | None = None
        self._learned_from = ""
        # All repositories share them, unlike those of the specification (Amazon's public registry: `aws`).
        self._shared_scopes: Scopes = ()
        self._own_scopes: dict[tuple[str, str], Scopes] = {}
        self._anonymous: set[str] = set()
        self._proven: BasicCredentials | None = None
        self._tokens = TokenCache(now)
        self._batches = ScopeBatches()

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
        if not self.wants_tokens or self._shared_scopes:
            return []
        order = {repository: number for number, repository in enumerate(repositories)}
        return sorted(self._batches.plan(self._by_account(order)), key=order.__getitem__)

    def _by_account(self, repositories: Iterable[str]) -> list[list[str]]:
        """The repositories in groups of the same credentials: one token is requested with one of them."""
        groups: dict[str, list[str]] = {}
        for repository in repositories:
            if repository not in self._anonymous:
                groups.setdefault(self._credentials.account(self._registry, repository), []).append(repository)
        return list(groups.values())

    def learn(self, answer: Answer, repository: str = "") -> None:
        """Keep the challenge of an answer about a repository; an answer without one changes nothing.

        Raises:
            AddressRefused: no token may be requested from its realm; it is not kept, because it came for one repository
                and would then be used for all.
            Refused: it requires another kind of authentication than passwords and tokens, or cannot be read.
        """
        header = answer.headers.get("www-authenticate", "").strip()
        if not header:
            return
        try:
            challenge = usable_challenge(header, self._registry)
        except Refused:
            if self._challenge is None:
                raise
            return
        if challenge.scheme == "bearer":
            challenge = challenge.at(absolute_realm(challenge.parameters["realm"], answer.url))
            check_realm(challenge.parameters["realm"], self._registry, self._policy)
        self._challenge, self._learned_from = challenge, repository
        self._shared_scopes = _shared(challenge.scopes)

    def authorization(self, repository: str, question: str) -> Authorization | None:
        """The authorization for a repository; None until the registry sends a challenge.

        None also where the challenge of another repository leads nowhere: the registry may send another one for this.

        Args:
            repository: with a mirror's prefix.
            question: the kind, as `question_of` returns it.

        Raises:
            OutsideFailure: a token cannot be fetched.
        """
        learned_from = self._learned_from
        try:
            return self._authorization(repository, question)
        except (AddressRefused, Unreachable):
            if learned_from in {"", repository}:
                raise
            return None

    def _authorization(self, repository: str, question: str) -> Authorization | None:
        challenge = self._challenge
        if challenge is None:
            return None
        if given := self._given(repository):
            return given
        if challenge.scheme == "basic":
            return _basic_of(self._credentials.for_registry(self._registry, repository))
        scopes = self._batch_scopes(repository) if question == _SWEPT else ()
        if len(scopes) > 1:
            return self._batch_or_single(challenge, scopes, repository, question)
        return self._single(challenge, repository, question)

    def _batch_scopes(self, repository: str) -> Scopes:
        """The scopes that are requested together with the repository's own; fewer than two: it is requested alone."""
        alone = repository in self._anonymous or self._own(repository, _SWEPT)
        return () if alone else self._batches.scopes_with(pull_scope(repository))

    @property
    def is_settled(self) -> bool:
        """Whether it is known how the registry grants tokens: several scopes at a time, or one; or it grants none."""
        return not self.wants_tokens or bool(self._shared_scopes) or self._batches.granted is not None

    def at_hand(self, repository: str) -> Authorization | TokenNeeded | None:
        """As `authorization` for a manifest, without waiting for a token: it says which one is needed.

        Raises:
            OutsideFailure: there are no usable credentials.
            NeedsMore: only `authorization` can get the token.
        """
        challenge = self._challenge
        if challenge is None:
            return None
        if given := self._given(repository):
            return given
        if challenge.scheme == "basic":
            return _basic_of(self._credentials.for_registry(self._registry, repository))
        batch, anonymous = self._batch_scopes(repository), repository in self._anonymous
        scopes = batch if len(batch) > 1 else self._scopes(repository, _SWEPT)
        key = self._key(scopes, repository)
        if token := self._tokens.kept(key):
            return _bearer_of(token, key, for_batch=len(batch) > 1)
        request = self._fetcher.single_request(challenge, scopes, repository, anonymous=anonymous)
        if request is None:
            raise NeedsMore
        return TokenNeeded(key, request)

    def fetched(self, needed: TokenNeeded, answer: Answer, requested_at: datetime) -> None:
        """Keep the token in the answer to a request that `at_hand` named.

        Raises:
            Garbage: there is none.
        """
        request = needed.request
        token = parse_token(request, answer, requested_at)
        if request.credentials:
            token = replace(token, credentials=request.credentials)
        self._tokens.keep(needed.key, token)

    def renewed(
        self, answer: Answer, repository: str, question: str, used: Authorization | None
    ) -> Authorization | None:
        """The authorization for a second attempt after a refusal; None if there is no better one.

        Raises:
            OutsideFailure: a token cannot be fetched, or the registry's challenge cannot be used.
        """
        self.learn(answer, repository)
        challenge = self._challenge
        if used is not None and used.credentials and not (used.is_basic and self.wants_tokens):
            return self._after(answer, repository, used.credentials)
        if challenge is None:
            # Some registries send 401 without saying what they require.
            missing = used is None and answer.status == HTTPStatus.UNAUTHORIZED
            return self._other(repository, None) if missing else None
        if challenge.scheme == "bearer":
            self._remember_scopes(answer, repository, question)
        if challenge.scheme == "basic":
            return self.authorization(repository, question) or self._other(repository, None)
        if used is None or used.token is None:
            return self.authorization(repository, question)
        if self._key(self._scopes(repository, question), repository) == used.scopes:
            self._drop(used, used.token, repository)
        return self._single(challenge, repository, question)

    def _drop(self, used: Authorization, token: Token, repository: str) -> None:
        """Drop a token for a single repository that was refused, and see whether there are other credentials by now."""
        self._tokens.discard(used.scopes, token)
        other = self._credentials.after_refusal(self._registry, repository, token.credentials)
        if token.credentials is None:
            self._anonymous.discard(repository)
        elif other is None and self._credentials.is_optional(self._registry, repository, token.credentials):
            self._anonymous.add(repository)

    def explained(self, refusal: Refused, repository: str) -> OutsideFailure:
        """A refusal, with the reason why there were no credentials for the repository."""
        return self._fetcher.explained(refusal, repository)

    def accepted(self, repository: str, used: Authorization | None, refused: Authorization | None) -> None:
        """Note that a request succeeded with `used`, after `refused` failed (None: at the first attempt)."""
        if used is None:
            return
        if used.credentials and self._challenge is None:
            self._challenge = _BASIC
        if used.credentials and used.credentials != self._proven:
            self._proven = used.credentials
            self._credentials.accepted(self._registry)
        if used.token is None:
            return
        if used.for_batch:
            self._batches.accepted(pull_scope(repository))
            return
        self._batches.include(repository)
        if refused is not None and refused.for_batch:
            self._batches.refused()

    def _given(self, repository: str) -> Authorization | None:
        """With an access token of the registry auth file, which docker sends as it is."""
        credentials = self._credentials.with_access_token(self._registry, repository)
        return _token_of(credentials) if credentials else None

    def _after(self, answer: Answer, repository: str, refused: BasicCredentials) -> Authorization | None:
        """With other credentials than those that the registry refused; refused ones that never worked are a problem."""
        other = self._other(repository, refused)
        if other is None and answer.status == HTTPStatus.UNAUTHORIZED and refused != self._proven:
            self._credentials.rejected(
                self._registry,
                f"{self._registry} answered 401 to its credentials",
                "Correct the registry's credentials; they are read again by themselves.",
            )
        return other

    def _other(self, repository: str, refused: BasicCredentials | None) -> Authorization | None:
        """With other credentials than those that were refused, without a token server; None if there are no others."""
        other = self._credentials.after_refusal(self._registry, repository, refused)
        return (_token_of(other) or _basic_of(other)) if other else None

    def _batch_or_single(self, challenge: Challenge, scopes: Scopes, repository: str, question: str) -> Authorization:
        try:
            return self._bearer(challenge, scopes, repository, for_batch=True)
        except (Refused, Garbage):
            try:
                single = self._single(challenge, repository, question)
            except WrongCredentials:
                raise
            except Refused:
                self._batches.exclude(repository)
                raise
        self._batches.refused()
        return single

    def _single(self, challenge: Challenge, repository: str, question: str) -> Authorization:
        return self._bearer(challenge, self._scopes(repository, question), repository)

    def _bearer(
        self, challenge: Challenge, scopes: Scopes, repository: str, *, for_batch: bool = False
    ) -> Authorization:
        anonymous = repository in self._anonymous
        key = self._key(scopes, repository)
        try:
            token = self._tokens.get(
                key, lambda: self._fetcher.fetch(challenge, scopes, repository, anonymous=anonymous)
            )
        except Refused:
            if not anonymous:
                raise
            # Without credentials there is nothing at all, so the refusal before was for another reason.
            self._anonymous.discard(repository)
            return self._bearer(challenge, scopes, repository, for_batch=for_batch)
        return _bearer_of(token, key, for_batch=for_batch)

    def _key(self, scopes: Scopes, repository: str) -> Scopes:
        """Under which a token is kept."""
        return (*scopes, _ANONYMOUS) if repository in self._anonymous else scopes

    def _scopes(self, repository: str, question: str) -> Scopes:
        """What is requested for a single repository."""
        return self._own(repository, question) or (pull_scope(repository),)

    def _own(self, repository: str, question: str) -> Scopes:
        return self._shared_scopes or self._own_scopes.get((repository, question), ())

    def _remember_scopes(self, answer: Answer, repository: str, question: str) -> None:
        """Keep the scopes that the registry names for a kind of question, if they differ from the usual ones.

        Azure's registry requires `metadata_read` for a list of tags, and `pull` for manifests.
        """
        challenges = parse_challenges(answer.headers.get("www-authenticate", ""))
        scopes = next((it.scopes for it in challenges if it.scheme == "bearer" and it.scopes), ())
        if not scopes:
            return
        if scopes == (pull_scope(repository),):
            self._own_scopes.pop((repository, question), None)
        else:
            self._own_scopes[repository, question] = scopes


def _shared(scopes: Scopes) -> Scopes:
    """The scopes of a challenge, if they are for all repositories."""
    return () if any(scope.startswith(_REPOSITORY_SCOPES) for scope in scopes) else scopes


def _bearer_of(token: Token, scopes: Scopes, *, for_batch: bool) -> Authorization:
    return Authorization(Secret(f"Bearer {token.secret.reveal()}"), token, scopes, for_batch)


def _basic_of(credentials: BasicCredentials | None) -> Authorization | None:
    if credentials is None or not credentials.password:
        return None
    return Authorization(Secret(basic_header(credentials)), credentials=credentials)


def _token_of(credentials: BasicCredentials) -> Authorization | None:
    token = credentials.registry_token
    return Authorization(Secret(f"Bearer {token.reveal()}"), credentials=credentials) if token else None
