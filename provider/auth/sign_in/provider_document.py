"""Reads the document in which an OpenID Connect provider describes itself (OpenID Connect Discovery 1.0, section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.addresses import is_web_address
from provider.auth.strict_json import parse_object
from proxy.errors import Garbage, Refused
from proxy.http.origin import origin_of

SIGNED_WITH = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""Signatures by a key pair. Never `none`, and never HS256: its key would be a text that we send about."""


@dataclass(frozen=True, slots=True)
class ProviderDocument:
    """The addresses of a provider, and what it can do.

    Attributes:
        issuer: the `iss` of its tokens.
        authorization: where browsers sign in.
        token: where a code is exchanged.
        keys: its keys, a JWKS.
        userinfo: where more claims are; None: nowhere.
        end_session: where browsers sign out; None: nowhere.
        secret_in_body: it takes the client's secret in the body only.
        algorithms: with which it signs ID tokens; a part of `SIGNED_WITH`.
        names_itself: it says with each code who it is (RFC 9207).
    """

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str | None
    end_session: str | None
    secret_in_body: bool
    algorithms: frozenset[str]
    names_itself: bool


def read_provider_document(body: bytes, issuer: str) -> ProviderDocument:
    """The document of a provider.

    Args:
        body: the document.
        issuer: the issuer of the settings, without a slash at the end.

    Raises:
        Garbage: it is none, or cannot be used.
        Refused: it is of another issuer.
    """
    try:
        document = parse_object(body)
    except ValueError as error:
        raise Garbage(f"the document of the provider is {error}") from None
    named = document.get("issuer")
    if not isinstance(named, str) or named.rstrip("/") != issuer:
        shown = named if isinstance(named, str) and is_web_address(named) else "another one"
        raise Refused(f"the document of the provider names {shown} as its issuer, not {issuer}")
    methods = _texts(document, "token_endpoint_auth_methods_supported")
    algorithms = SIGNED_WITH & (_texts(document, "id_token_signing_alg_values_supported") or {"RS256"})
    if not algorithms:
        raise Garbage(f"the provider signs with none of {', '.join(sorted(SIGNED_WITH))}")
    return ProviderDocument(
        named,
        _address(document, "authorization_endpoint", issuer),
        _address(document, "token_endpoint", issuer),
        _address(document, "jwks_uri", issuer),
        _optional(document, "userinfo_endpoint", issuer),
        _optional(document, "end_session_endpoint", issuer),
        secret_in_body="client_secret_post" in methods and "client_secret_basic" not in methods,
        algorithms=algorithms,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _texts(document: Mapping[str, object], name: str) -> frozenset[str]:
    listed = document.get(name)
    return frozenset(text for text in listed if isinstance(text, str)) if isinstance(listed, list) else frozenset()


def _optional(document: Mapping[str, object], name: str, issuer: str) -> str | None:
    return _address(document, name, issuer) if document.get(name) is not None else None


def _address(document: Mapping[str, object], name: str, issuer: str) -> str:
    """An https address; http only at the issuer itself, which a setting names."""
    text = document.get(name)
    if not isinstance(text, str) or not is_web_address(text) or "#" in text:
        raise Garbage(f"the document of the provider has no address as {name}")
    if not text.startswith("https://") and origin_of(text) != origin_of(issuer):
        raise Garbage(f"the {name} of the provider is not https")
    return text
