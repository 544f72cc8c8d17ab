"""The configured Backstage: proves the tokens of its users, and reads what they own."""

from collections.abc import Callable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from provider.auth.backstage_tokens import PLUGINS, BackstageUser, TokenKind, Unproven, WrongToken, prove, read_token
from provider.auth.key_set import read_key_set
from provider.auth.keys import Keys
from provider.auth.ownership import RETRIED_AFTER, Memberships, Ownership
from provider.auth.sign_in.person import SignedInPerson
from proxy.errors import Unavailable
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret


class Backstage:
    """Identifies users by their tokens. Sends requests to the configured address only. Thread-safe.

    Args:
        url: Backstage's `backend.baseUrl`, without a trailing slash; it is the issuer of user tokens.
        transport: sends requests to it.
        now: the time, in UTC.
    """

    def __init__(self, url: str, transport: Transport, now: Callable[[], datetime]) -> None:
        self.url = url
        self._issuer = f"{url}/api/auth"
        self._now = now
        self._user_keys = Keys(f"{self._issuer}/.well-known/jwks.json", transport, now, read_key_set)
        # Created in advance for the listed plugins: no address is ever built from a token.
        self._plugin_keys = {
            plugin: Keys(f"{url}/api/{plugin}/.backstage/auth/v1/jwks.json", transport, now, read_key_set)
            for plugin in PLUGINS
        }
        self._memberships = Memberships(f"{self._issuer}/v1/userinfo", transport, now)

    def user(self, text: str) -> BackstageUser:
        """The user of a user token, or the user that a plugin token acts for.

        Raises:
            WrongToken: the text is not a valid token of either kind.
            OutsideFailure: the key that it names is not cached and cannot be fetched: see `Keys.key`.
        """
        token = self._read(text, TokenKind.USER, TokenKind.PLUGIN)
        if token.on_behalf_of is None:
            _prove(token, self._user_keys)
            return BackstageUser(token.subject, token.text, token.expires_at)
        limited = self._limited(token.on_behalf_of)
        _prove(token, self._plugin_keys[token.subject])
        _prove(limited, self._user_keys)
        return BackstageUser(limited.subject, limited.text, limited.expires_at)

    def ownership(self, user: BackstageUser) -> Ownership:
        """The references that the user owns entities by; asks Backstage at most once a minute per token."""
        return self._memberships.of(user)

    def person(self, text: str) -> tuple[SignedInPerson, datetime]:
        """The person of such a token with the groups, for a session; and when the token is no longer valid.

        Raises:
            WrongToken: as `user`.
            OutsideFailure: as `user`; or the groups cannot be read now.
        """
        user = self.user(text)
        ownership = self.ownership(user)
        if not ownership.complete:
            raise Unavailable(f"Backstage did not say in which groups {user.reference} is", self._now() + RETRIED_AFTER)
        return SignedInPerson(self.url, user.reference, ownership.references), user.expires_at

    def _limited(self, inner: Secret) -> Unproven:
        try:
            return self._read(inner.reveal(), TokenKind.LIMITED_USER)
        except WrongToken as error:
            raise WrongToken(f"the token in its obo claim: {error}") from None

    def _read(self, text: str, *kinds: TokenKind) -> Unproven:
        return read_token(text, kinds, issuer=self._issuer, now=self._now())


def _prove(token: Unproven, keys: Keys[EllipticCurvePublicKey]) -> None:
    key = keys.key(token.key_id)
    if key is None:
        raise WrongToken("Backstage does not have the key that it names")
    prove(token, key)
