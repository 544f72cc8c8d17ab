"""Exchanges a code for tokens by Authlib, whose requests this service's transport sends."""

import base64
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from authlib.oauth2.client import OAuth2Client

from provider.auth.strict_json import parse_object
from provider.errors import ProviderError
from proxy.errors import Garbage, Unavailable
from proxy.http.exchange import Answer
from proxy.http.printable import printable
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret

_LIMIT = 512 * 1024
_SCOPE_SEPARATOR = " "
_LONGEST_ERROR = 100


class CodeRefused(ProviderError):
    """The provider took the request and gives no tokens.

    Attributes:
        error: the code of RFC 6749, section 5.2, such as `invalid_grant`.
    """

    def __init__(self, error: str) -> None:
        super().__init__(f"the provider refused the code: {error}")
        self.error = error


@dataclass(frozen=True, slots=True)
class OidcClient:
    """This service as the provider knows it.

    Attributes:
        client_id: its id.
        secret: None: it is a public client, which PKCE alone protects.
        redirect: where the provider sends browsers back.
        scopes: what is asked for.
    """

    client_id: str
    secret: Secret | None
    redirect: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceivedTokens:
    """What a code was exchanged for."""

    id_token: str
    access_token: str


def authorization_address(client: OidcClient, address: str, state: str, verifier: str, **more: str) -> str:
    """Where a browser signs in; `more` are further parameters, such as the nonce."""
    library = _library(client, None, secret_in_body=False)
    made: tuple[str, str] = library.create_authorization_url(address, state=state, code_verifier=verifier, **more)
    return made[0]


def exchanged(
    client: OidcClient, transport: Transport, address: str, code: str, verifier: str, *, secret_in_body: bool
) -> ReceivedTokens:
    """The tokens for a code.

    Raises:
        CodeRefused: the provider gives none.
        OutsideFailure: it cannot be asked, or its answer cannot be read.
    """
    library = _library(client, _Sender(transport), secret_in_body=secret_in_body)
    found = library.fetch_token(address, grant_type="authorization_code", code=code, code_verifier=verifier)
    id_token, access_token = found.get("id_token"), found.get("access_token")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise Garbage("the provider gave no ID token; the scope openid must be among IMAGE_FACTORY_OIDC_SCOPES")
    return ReceivedTokens(id_token, access_token)


def _library(client: OidcClient, sender: "_Sender | None", *, secret_in_body: bool) -> Any:
    library = OAuth2Client(
        sender,
        client.client_id,
        client.secret.reveal() if client.secret else None,
        token_endpoint_auth_method=_method(client, secret_in_body=secret_in_body),
        scope=_SCOPE_SEPARATOR.join(client.scopes),
        redirect_uri=client.redirect,
        code_challenge_method="S256",
    )
    library.register_client_auth_method((_ENCODED_BASIC, _with_encoded_secret))
    return library


def _method(client: OidcClient, *, secret_in_body: bool) -> str:
    if client.secret is None:
        return "none"
    return "client_secret_post" if secret_in_body else _ENCODED_BASIC


_ENCODED_BASIC = "client_secret_basic_encoded"


class _Credentials(Protocol):
    client_id: str
    client_secret: str


def _with_encoded_secret(
    client: _Credentials, _method: str, address: str, headers: MutableMapping[str, str], body: str
) -> tuple[str, MutableMapping[str, str], str]:
    """Id and secret form-encoded before base64 (RFC 6749, section 2.3.1), which Authlib's own method leaves out."""
    pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return address, headers, body


class _Auth(Protocol):
    """Authlib's: adds the client's proof to a request."""

    def prepare(self, method: str, uri: str, headers: Mapping[str, str], body: str) -> tuple[str, Any, str]: ...


class _Sender:
    """What Authlib needs of a session of requests."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def post(self, address: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: _Auth) -> "_Response":
        """Send a form."""
        address, sent, body = auth.prepare("POST", address, dict(headers), urlencode(data))
        return _Response(self._transport.request("POST", address, sent, body=body.encode(), limit=_LIMIT), address)


class _Response:
    """What Authlib needs of an answer; one without tokens is raised here, because its texts are the provider's."""

    def __init__(self, answer: Answer, address: str) -> None:
        self.status_code = answer.status
        self._document = _document(answer, address)

    def json(self) -> dict[str, object]:
        """The document."""
        return self._document


def _document(answer: Answer, address: str) -> dict[str, object]:
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise Unavailable(f"{printable(address)} answered {answer.status}")
    try:
        document = parse_object(answer.body)
    except ValueError:
        raise Garbage(f"{printable(address)} answered {answer.status}, and not with a JSON object") from None
    if answer.status != HTTPStatus.OK or "error" in document:
        raise CodeRefused(error_code(document.get("error")))
    return document


def error_code(error: object) -> str:
    """A code of a provider, if it looks like one (RFC 6749, section 4.1.2.1)."""
    known = isinstance(error, str) and len(error) <= _LONGEST_ERROR and error.replace("_", "").isalnum()
    return str(error) if known and str(error).isascii() else "unknown error"
