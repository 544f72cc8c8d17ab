"""From the page of an image in Backstage to its page at the service, as the same person."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from demo.connected import Connected
from tests.backstage.conftest import PUBLIC_URL, SignIn
from tests.peers.chromium import PATIENCE

pytestmark = pytest.mark.backstage


def at_its_public_address(page: Page, both: Connected) -> list[str]:
    """Let the browser reach the service at its public address; returns the addresses that it asks for."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        path = route.request.url.removeprefix(PUBLIC_URL)
        answered = route.fetch(url=f"{both.world.url}{path}", max_redirects=0)
        target = answered.headers.get("location")
        if target is None:
            route.fulfill(response=answered)
            return
        # The browser would ask the network for it, past this function.
        headers = {name: value for name, value in answered.headers.items() if name == "set-cookie"}
        page = f'<meta http-equiv="refresh" content="0; url={target}">'
        route.fulfill(status=200, headers=headers, content_type="text/html", body=page)

    page.context.route(f"{PUBLIC_URL}/**", answer)
    return asked


def test_the_link_to_the_service_signs_the_person_in(sign_in: SignIn, both: Connected) -> None:
    """After one click there, which shows who it is; the token is in no address."""
    page = sign_in("jane", "/catalog/default/resource/api")
    asked = at_its_public_address(page, both)

    with page.expect_popup() as opened:
        # Backstage's own card of links has one too, which opens the page as it is.
        page.get_by_role("navigation", name="Links").get_by_role("link", name="Image Factory").click()
    there = opened.value
    there.set_default_timeout(PATIENCE)
    expect(there.get_by_text("user:default/jane").first).to_be_visible()
    there.get_by_role("button", name="Continue").click()

    expect(there).to_have_url(f"{PUBLIC_URL}/images/api")
    expect(there.get_by_role("heading", name="api").first).to_be_visible()
    assert [urlsplit(address).path for address in asked if urlsplit(address).path.startswith("/login")] == [
        "/login/backstage",
        "/login/backstage/continue",
    ]
    assert not [address for address in asked if "token" in address or "eyJ" in address]
