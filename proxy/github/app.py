"""A GitHub App's credentials: a token for each owner that installed it.

Source: GitHub's docs, "Generating a JSON Web Token (JWT) for a GitHub App" and "Authenticating as a GitHub App
installation".
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from proxy.errors import Garbage, InvalidSetting, NotFound, OutcomeUnknown, Refused, Unavailable
from proxy.github.credential_client import CredentialClient
from proxy.github.credentials import GitHubCredentials
from proxy.github.failures import TokenRefused
from proxy.http.exchange import Answer
from proxy.http.transport import Transport
from proxy.secrets.credential_sources import NoneForOwner
from proxy.secrets.secret import Secret
from proxy.secrets.tokens import Token, TokenCache

_KEY_SETTING = "IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY"
_LEAST_BITS = 2048
# GitHub refuses a JWT that is issued in the future or is valid for more than ten minutes.
_ISSUED_BEFORE = timedelta(seconds=60)
_VALID_FOR = timedelta(minutes=9)
_RENEWED_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Installation:
    id: int
    suspended: bool
    login: str | None


class AppCredentials(GitHubCredentials):
    """Tokens of the App's installations, each kept until five minutes before it expires. Safe to use from many threads.

    Args:
        transport: sends the requests.
        api_url: https://api.github.com, or https://HOST/api/v3 of an Enterprise Server.
        app_id: the App's id, or its client id.
        private_key: PEM, as GitHub provides it; its line breaks may be escaped.
        now: the time, in UTC.

    Raises:
        InvalidSetting: the key cannot sign for an App.
    """

    def __init__(
        self, transport: Transport, api_url: str, app_id: str, private_key: Secret, now: Callable[[], datetime]
    ) -> None:
        self._key = _rsa_key(private_key)
        self._app_id = app_id
        self._now = now
        self._client = CredentialClient(transport, api_url.rstrip("/"))
        self._tokens = TokenCache(now)
        self._given: dict[str, Token] = {}
        self._login: str | None = None

    def token(self, owner: str) -> Secret:
        """See the protocol.

        Raises:
            NoneForOwner: the owner has not installed the App, or suspended it.
            Refused: GitHub does not accept the App's key.
            Unavailable: GitHub cannot be reached now.
            Garbage: GitHub's answer is not a token.
        """
        account = self.allowance(owner)
        token = self._tokens.get((account,), lambda: self._fetch(owner))
        self._given[account] = token
        return token.secret

    def discard(self, owner: str, token: Secret) -> bool:
        """See the protocol; a newer token stays."""
        account = self.allowance(owner)
        given = self._given.get(account)
        if given and given.secret == token:
            self._tokens.discard((account,), given)
        return True

    def allowance(self, owner: str) -> str:
        """See the protocol; each installation has its own limit. Case does not matter in an owner's name."""
        return owner.lower()

    def login(self, owner: str) -> str | None:
        """See the protocol; an App acts as `SLUG[bot]`, and may not ask who it is."""
        self.token(owner)
        return self._login

    def ask_as_app(self, method: str, path: str) -> Answer:
        """Send a request about the App itself, such as `GET /app/hook/deliveries`.

        Raises:
            Refused: GitHub does not accept the App's key.
            OutsideFailure: as `CredentialClient.ask`.
        """
        try:
            return self._client.ask(method, path, self._signed())
        except TokenRefused as error:
            raise self._unaccepted() from error

    def _unaccepted(self) -> Refused:
        return Refused(
            f"GitHub does not accept the App {self._app_id}: check IMAGE_FACTORY_GITHUB_APP_ID, {_KEY_SETTING} "
            f"and this machine's clock"
        )

    def _fetch(self, owner: str) -> Token:
        try:
            installation = self._installation(owner)
            if installation.suspended:
                raise NoneForOwner(
                    f"{owner} suspended the GitHub App {self._app_id}; unsuspend it in {owner}'s settings"
                )
            self._login = installation.login
            path = f"/app/installations/{installation.id}/access_tokens"
            return _read_token(self._client.ask("POST", path, self._signed()).body)
        except TokenRefused as error:
            raise self._unaccepted() from error
        except OutcomeUnknown as error:
            # A token that was created and lost does no harm, so another one may be requested.
            raise Unavailable(str(error)) from error

    def _installation(self, owner: str) -> _Installation:
        # Despite its name, the address also works for organizations (GitHub's own action for App tokens uses it too).
        try:
            answer = self._client.ask("GET", f"/users/{quote(owner, safe='')}/installation", self._signed())
        except NotFound as error:
            raise NoneForOwner(
                f"the GitHub App {self._app_id} is not installed for {owner}; install it for {owner} and "
                f"give it access to the repository"
            ) from error
        match _document(answer.body):
            case {"id": int(number), **rest}:
                slug = rest.get("app_slug")
                login = f"{slug}[bot]" if isinstance(slug, str) and slug else None
                return _Installation(number, rest.get("suspended_at") is not None, login)
            case _:
                raise Garbage(f"GitHub's answer about the installation for {owner} cannot be read; retried later")

    def _signed(self) -> Secret:
        now = self._now()
        claims = {"iat": int((now - _ISSUED_BEFORE).timestamp()), "exp": int((now + _VALID_FOR).timestamp())}
        return Secret(jwt.encode({**claims, "iss": self._app_id}, self._key, algorithm="RS256"))


def _rsa_key(private_key: Secret) -> RSAPrivateKey:
    # `from None`: the library's error may contain the text.
    wrong = InvalidSetting(
        f"{_KEY_SETTING}: this is not the private key of a GitHub App; use the complete .pem file from GitHub, "
        f"an RSA key of {_LEAST_BITS} bits or more without a passphrase"
    )
    text = private_key.reveal().replace("\\n", "\n")
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise wrong from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _LEAST_BITS:
        raise wrong
    return key


def _read_token(body: bytes) -> Token:
    unreadable = Garbage("GitHub's answer for a token of the App cannot be read; retried later")
    match _document(body):
        case {"token": str(text), "expires_at": str(until)} if (
            text.isascii() and text.isprintable() and " " not in text
        ):
            try:
                expires_at = datetime.fromisoformat(until)
            except ValueError:
                raise unreadable from None
            if expires_at.tzinfo is not None and text:
                return Token(Secret(text), expires_at - _RENEWED_BEFORE)
    raise unreadable


def _document(body: bytes) -> object:
    # Without a cause: the decoder's error contains the document, and with it the token.
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
