"""A browser that signs in at the small provider, without a window."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit

import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provider.auth.access import Access
from provider.auth.callers import CallerRole
from provider.auth.sign_in.code_exchange import OidcClient
from provider.auth.sign_in.group_rules import GroupRules
from provider.auth.sign_in.open_id_provider import OpenIdProvider
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.open_id_provider import CLIENT_ID, CLIENT_SECRET, OpenIdPeer
from tests.provider.auth.visits import Clock
from tests.provider.pages.test_login import HTML
from tests.provider.tracker.pages.tracker_pages_web import PUBLIC_URL, TrackerWorld

REDIRECT = f"{PUBLIC_URL}/login/callback"
RULES = GroupRules(
    {"platform": CallerRole.ADMIN, "team-a": CallerRole.READ, "ops": CallerRole.EMERGENCY},
    {"team-a": "group:default/team-a"},
)


@dataclass(slots=True)
class ProviderBrowser:
    """The service with a provider, and a browser for both.

    Attributes:
        app: the pages.
        peer: the provider.
        clock: of the service.
        access: its settings.
        restarted: the pages after a restart with other settings; sessions and their key stay.
    """

    app: Flask
    peer: OpenIdPeer
    clock: Clock
    access: Access
    restarted: Callable[[Access], Flask]
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def goes_to_provider(self, **query: str) -> str:
        """Follow the button to the provider; returns the address that it sends the browser back to."""
        answer = self.client.get("/login/provider", query_string=query, headers=HTML)
        assert answer.status_code == 302, answer.text
        sent = requests.get(answer.headers["Location"], allow_redirects=False, timeout=30)
        assert sent.status_code == 302, sent.text
        return sent.headers["Location"]

    def comes_back(self, address: str, client: FlaskClient | None = None, **changed: str) -> TestResponse:
        """Open the address of the callback, with these parameters changed."""
        query = dict(parse_qsl(urlsplit(address).query)) | changed
        return (client or self.client).get("/login/callback", query_string=query, headers=HTML)

    def signs_in(self, **query: str) -> TestResponse:
        """All of it."""
        return self.comes_back(self.goes_to_provider(**query))

    def whoami(self) -> Mapping[str, object]:
        """Who the browser is at the API."""
        document: Mapping[str, object] = self.client.get("/api/v1/whoami").get_json()
        return document


@contextmanager
def provider_browser(
    *, secret: str | None = CLIENT_SECRET, rules: GroupRules = RULES, access: Access | None = None
) -> Iterator[ProviderBrowser]:
    """A browser; the service knows the provider alone, unless `access` has more."""
    world, clock = TrackerWorld(), Clock()
    with OpenIdPeer((REDIRECT,)) as peer:
        transport = Transport(AddressPolicy(insecure_registries=[peer.host]), now=clock.now, sleep=clock.sleep)
        client = OidcClient(CLIENT_ID, Secret(secret) if secret else None, REDIRECT, ("openid", "profile"))
        provider = OpenIdProvider(peer.url, "Acme", client, "groups", f"{PUBLIC_URL}/login", transport, clock.now)
        known = replace(access or Access(), provider=provider, groups=rules)
        app = world.app(known, now=clock.now)

        def restarted(changed: Access) -> Flask:
            later = world.app(changed, now=clock.now)
            later.secret_key = app.secret_key
            return later

        yield ProviderBrowser(app, peer, clock, known, restarted)
        transport.close()
