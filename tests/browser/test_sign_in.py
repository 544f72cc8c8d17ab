"""People sign in at a real provider, with a real browser, to the web part as a process composes it from settings."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings
from tests.browser.conftest import broken_rules, keep
from tests.peers.fixtures import peers_installed
from tests.peers.oidc_provider import CLIENT, SECRET, oidc_provider
from tests.peers.process import reserved_port
from tests.peers.served import serving

pytestmark = pytest.mark.backstage

GROUPS = {"zoe": ["platform", "team-a"], "tom": ["team-a"], "max": ["visitors"]}
TOKEN = "a-token-of-a-program"


@dataclass(frozen=True, slots=True)
class SignInWorld:
    """The addresses of the service and of the provider, and how a person gets to them."""

    factory: str
    issuer: str

    def opens(self, page: Page, path: str = "/images") -> None:
        """Open a page of the service; fonts of the provider's pages are elsewhere."""
        page.route(re.compile("googleapis"), lambda route: route.abort())
        page.goto(f"{self.factory}{path}")

    def signs_in(self, page: Page, name: str) -> None:
        """From the sign-in page, over the provider's form and its question, and back."""
        page.get_by_role("link", name="Sign in with Acme SSO").click()
        self.is_somebody(page, name)

    def is_somebody(self, page: Page, name: str) -> None:
        """At the provider."""
        page.get_by_placeholder("Enter any login").fill(name)
        page.get_by_placeholder("and password").fill("any")
        page.get_by_role("button", name="Sign-in").click()
        page.get_by_role("button", name="Continue").click()


@pytest.fixture(name="sso", scope="module")
def made_sso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignInWorld]:
    """The web part, beside the provider."""
    folder = tmp_path_factory.mktemp("sign-in")
    with peers_installed(), reserved_port() as port:
        factory = f"http://127.0.0.1:{port}"
        with oidc_provider(folder, factory, GROUPS) as issuer:
            settings = read_settings(
                {
                    "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{folder / 'image-factory.db'}",
                    "IMAGE_FACTORY_CONFIG_CHECKOUT": str(folder / "config"),
                    "IMAGE_FACTORY_PUBLIC_URL": factory,
                    "IMAGE_FACTORY_API_TOKENS": f"ci:read:{TOKEN}",
                    "IMAGE_FACTORY_OIDC_ISSUER": issuer,
                    "IMAGE_FACTORY_OIDC_CLIENT_ID": CLIENT,
                    "IMAGE_FACTORY_OIDC_CLIENT_SECRET": SECRET,
                    "IMAGE_FACTORY_OIDC_SCOPES": "openid profile groups",
                    "IMAGE_FACTORY_OIDC_NAME": "Acme SSO",
                    "IMAGE_FACTORY_GROUP_ROLES": "platform:admin,team-a:read",
                    "IMAGE_FACTORY_GROUP_OWNERS": "*=group:default/*",
                }
            )
            with Parts.open(settings) as parts, serving(web_app(parts), port):
                yield SignInWorld(factory, issuer)


def test_an_admin_signs_in_and_out(sso: SignInWorld, page: Page) -> None:
    """Back at the page that was opened, with the role of the group; after signing out the provider asks again."""
    sso.opens(page, "/images?q=portal")
    sso.signs_in(page, "zoe")
    expect(page).to_have_url(f"{sso.factory}/images?q=portal")
    expect(page.get_by_role("banner")).to_contain_text("oidc:zoe · admin access")
    who = page.request.get(f"{sso.factory}/api/v1/whoami").json()
    assert (who["admin"], who["owners"]) == (True, ["group:default/platform", "group:default/team-a"])
    keep(page, "signed-in")

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    expect(page).to_have_url(f"{sso.factory}/login")
    assert page.request.get(f"{sso.factory}/api/v1/whoami").status == 401
    page.get_by_role("link", name="Sign in with Acme SSO").click()
    expect(page.get_by_placeholder("Enter any login")).to_be_visible()


def test_a_reader_may_read(sso: SignInWorld, page: Page) -> None:
    """The role is that of the first group that the setting names."""
    sso.opens(page)
    sso.signs_in(page, "tom")
    expect(page.get_by_role("banner")).to_contain_text("oidc:tom · read access")
    assert page.request.get(f"{sso.factory}/api/v1/whoami").json()["owners"] == ["group:default/team-a"]


def test_a_person_without_a_role_sees_what_to_do(sso: SignInWorld, window: Callable[..., Page], axe: str) -> None:
    """The page names the groups, whom to ask, and a way to be somebody else."""
    page = window(phone=True, dark=True)
    sso.opens(page)
    sso.signs_in(page, "max")
    expect(page.get_by_role("heading", level=1)).to_have_text("No access")
    expect(page.get_by_role("main")).to_contain_text("Acme SSO named these groups: visitors.")
    assert broken_rules(page, axe) == []
    keep(page, "no-access-dark-phone")
    page.get_by_role("link", name="Sign in as somebody else").click()
    sso.is_somebody(page, "tom")
    expect(page).to_have_url(f"{sso.factory}/images")


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (False, True), (True, False), (True, True)])
def test_the_sign_in_page_can_be_used_by_everybody(
    sso: SignInWorld, window: Callable[..., Page], axe: str, *, phone: bool, dark: bool
) -> None:
    """It follows the rules of axe-core, and nothing is wider than the window; the token is one step away."""
    page = window(phone=phone, dark=dark)
    sso.opens(page, "/login")
    assert broken_rules(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    keep(page, f"sign-in{'-dark' if dark else ''}{'-phone' if phone else ''}")
    page.get_by_text("Use a token").click()
    page.get_by_label("Service token").fill(TOKEN)
    assert broken_rules(page, axe) == []
    keep(page, f"sign-in-token{'-dark' if dark else ''}{'-phone' if phone else ''}")
    page.get_by_role("button", name="Sign in with the token").click()
    expect(page.get_by_role("banner")).to_contain_text("ci · read access")
