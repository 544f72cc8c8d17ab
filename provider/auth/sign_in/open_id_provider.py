"""The configured OpenID Connect provider: where people sign in, who came back, and where they sign out."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from provider.auth.keys import Keys
from provider.auth.sign_in.claims import groups_of, name_of
from provider.auth.sign_in.code_exchange import (
    CodeRefused,
    OidcClient,
    ReceivedTokens,
    authorization_address,
    exchanged,
)
from provider.auth.sign_in.discovery import ProviderDiscovery
from provider.auth.sign_in.id_tokens import Expected, WrongIdToken, proven_claims, read_id_token
from provider.auth.sign_in.person import SignedInPerson
from provider.auth.sign_in.provider_document import ProviderDocument
from provider.auth.sign_in.signing_keys import SigningKey, read_signing_keys
from provider.auth.strict_json import parse_object
from provider.errors import ProviderError
from proxy.errors import Garbage, OutsideFailure, Unavailable
from proxy.http.transport import Transport
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
# An address with a longer one is refused by many servers.
_LONGEST_HINT = 4_000


class SignInFailed(ProviderError):
    """Nobody was signed in; the message is for the person, and holds nothing that the provider wrote."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """The secrets of one sign-in, which only this service and the provider see.

    Attributes:
        state: names the sign-in in addresses.
        nonce: returns in the ID token.
        verifier: proves that who brings the code began the sign-in (PKCE, RFC 7636).
    """

    state: str
    nonce: str
    verifier: str


class OpenIdProvider:
    """Thread-safe.

    Args:
        issuer: of the settings, without a slash at the end.
        name: what people call it.
        client: this service as the provider knows it.
        groups_claim: where the groups of a person are.
        signed_out: where the provider sends browsers after they signed out there.
        transport: sends requests to it.
        now: the time, in UTC.
    """

    def __init__(
        self,
        issuer: str,
        name: str,
        client: OidcClient,
        groups_claim: str,
        signed_out: str,
        transport: Transport,
        now: Callable[[], datetime],
    ) -> None:
        self.issuer = issuer
        self.name = name
        self._client = client
        self._groups_claim = groups_claim
        self._signed_out = signed_out
        self._transport = transport
        self._now = now
        self._discovery = ProviderDiscovery(issuer, transport, now)
        self._lock = threading.Lock()
        self._keys: tuple[str, Keys[SigningKey]] | None = None

    def begin(self, proofs: Proofs, *, again: bool) -> str:
        """The address at which a browser signs in; `again` asks for it even where somebody is signed in there.

        Raises:
            OutsideFailure: the document of the provider cannot be read.
        """
        more = {"nonce": proofs.nonce, **({"prompt": "login"} if again else {})}
        address = self._discovery.document().authorization
        return authorization_address(self._client, address, proofs.state, proofs.verifier, **more)

    def finish(self, code: str, issuer: str | None, proofs: Proofs) -> SignedInPerson:
        """The person who came back with a code.

        Args:
            code: the code.
            issuer: who says to have sent it; None: nobody says.
            proofs: those of `begin`.

        Raises:
            SignInFailed: the provider, or what it sent, does not prove who it is.
            OutsideFailure: the provider cannot be asked.
        """
        document = self._discovery.document()
        if not _comes_from(document, issuer):
            raise SignInFailed("The answer does not come from the provider that this service asked.")
        tokens = self._tokens(document, code, proofs)
        try:
            claims = self._claims(document, tokens, proofs)
        except WrongIdToken as error:
            _log.error(
                "id_token_refused", "the ID token of {issuer} was refused: {error}", issuer=self.issuer, error=error
            )
            raise SignInFailed(f"The ID token of {self.name} was not accepted: {error}.") from error
        return self._person(document, tokens, claims)

    def end_address(self, hint: str) -> str | None:
        """Where a browser signs out at the provider; None if it has no such place, or cannot be asked now.

        Args:
            hint: the ID token of the session; empty: it was not kept.
        """
        try:
            address = self._discovery.document().end_session
        except OutsideFailure:
            return None
        if address is None:
            return None
        query = {"client_id": self._client.client_id, "post_logout_redirect_uri": self._signed_out}
        joint = "&" if "?" in address else "?"
        return f"{address}{joint}{urlencode(query | ({'id_token_hint': hint} if hint else {}))}"

    def _tokens(self, document: ProviderDocument, code: str, proofs: Proofs) -> ReceivedTokens:
        try:
            return exchanged(
                self._client,
                self._transport,
                document.token,
                code,
                proofs.verifier,
                secret_in_body=document.secret_in_body,
            )
        except CodeRefused as error:
            if error.error == "invalid_grant":
                raise SignInFailed("The sign-in took too long or was used before. Sign in again.") from error
            _log.error(
                "sign_in_code_refused",
                "{issuer} refused the code of a sign-in with {error}; check the client at the provider",
                issuer=self.issuer,
                error=error,
            )
            raise SignInFailed(
                f"{self.name} does not accept this service ({error.error}), because of a setting of one of both."
            ) from error

    def _claims(self, document: ProviderDocument, tokens: ReceivedTokens, proofs: Proofs) -> Mapping[str, object]:
        token = read_id_token(tokens.id_token, document.algorithms)
        key = self._keys_at(document.keys).key(token.key_id)
        if key is None:
            raise WrongIdToken("the provider does not publish the key that it names")
        expected = Expected(document.issuer, self._client.client_id, proofs.nonce, tokens.access_token)
        return proven_claims(token, key, expected, self._now())

    def _keys_at(self, address: str) -> Keys[SigningKey]:
        with self._lock:
            if self._keys is None or self._keys[0] != address:
                self._keys = address, Keys(address, self._transport, self._now, read_signing_keys)
            return self._keys[1]

    def _person(
        self, document: ProviderDocument, tokens: ReceivedTokens, claims: Mapping[str, object]
    ) -> SignedInPerson:
        groups = groups_of(claims, self._groups_claim)
        if groups is None and document.userinfo:
            # By the standard, the claims of a scope may be there alone (OpenID Connect Core, section 5.4).
            claims = {**self._userinfo(document.userinfo, tokens.access_token, claims["sub"]), **claims}
            groups = groups_of(claims, self._groups_claim)
        name = name_of(claims)
        if groups is None:
            elsewhere = "_claim_names" in claims
            reason = "left them out because the person has too many" if elsewhere else "sent no such claim"
            _log.warning(
                "groups_claim_unread",
                "{issuer}: {person} {reason}: the claim {claim!r}",
                issuer=self.issuer,
                person=name,
                reason=reason,
                claim=self._groups_claim,
            )
            if elsewhere:
                raise SignInFailed(
                    f"{self.name} does not say in which groups you are, because they are too many. The provider can be "
                    "set up to send only those that matter to this service."
                )
        hint = tokens.id_token if len(tokens.id_token) <= _LONGEST_HINT else ""
        return SignedInPerson(self.issuer, f"oidc:{name}", groups or frozenset(), hint)

    def _userinfo(self, address: str, access_token: str, subject: object) -> Mapping[str, object]:
        headers = {"accept": "application/json", "authorization": f"Bearer {access_token}"}
        answer = self._transport.request("GET", address, headers)
        if answer.status != HTTPStatus.OK:
            raise Unavailable(f"the userinfo of {self.issuer} answered {answer.status}")
        try:
            claims = parse_object(answer.body)
        except ValueError as error:
            raise Garbage(f"the userinfo of {self.issuer} is {error}") from None
        if claims.get("sub") != subject:
            raise Garbage(f"the userinfo of {self.issuer} is that of another person")
        return claims


def _comes_from(document: ProviderDocument, issuer: str | None) -> bool:
    """Whether the sender of a code is this provider; one that does not always say so may leave it out."""
    return not document.names_itself if issuer is None else issuer == document.issuer
