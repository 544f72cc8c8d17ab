"""One Backstage for all tests of this folder, and browsers in which people are signed in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request

from demo.connected import Connected, connected
from demo.sample_history import add_history
from demo.teams import POLICY
from demo.world import CONFIG
from tests.peers.backstage import BackstageError
from tests.peers.chromium import MOTION, PATIENCE, chromium
from tests.peers.fixtures import peers_installed
from tests.peers.images import push

PUBLIC_URL = "https://factory.example"
TOOLS = """
- name: tools
  registry: ghcr.io
  repository: acme/tools
  owner: group:default/platform
  source: {provider: github, repo: acme/api, branch: main, workflow: build.yml}
"""
_IMAGES = ("base", "portal", "api", "tools", "node-22", "debian-12")
_PHONE = {"width": 390, "height": 844}
_DESKTOP = {"width": 1400, "height": 1000}


class SignIn(Protocol):
    """What `sign_in` gives a test."""

    def __call__(self, user: str, path: str = "/catalog", *, dark: bool = False, phone: bool = False) -> Page:
        """Open a page as a user of org.yaml, in a window of its own."""
        ...


@pytest.fixture(scope="session", name="both")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connected]:
    """The service and Backstage with all entities; portal has versions and builds; the platform team may enroll."""
    with connected(tmp_path_factory.mktemp("backstage"), public_url=PUBLIC_URL) as running:
        add_history(running.world, "portal")
        _publish_tools(running)
        files = running.world.git.repositories
        changed = {
            "policy.yaml": POLICY.format(host=running.world.registry.host),
            "images.yaml": files.read(CONFIG, "images.yaml") + TOOLS,
        }
        files.commit(CONFIG, changed, message="Let the team enroll images, and enroll tools")
        running.backstage.wait_for(lambda: all(_entity(running, name) for name in _IMAGES), 60)
        for user in ("jane", "joe"):
            running.person(user)
        yield running


def _publish_tools(running: Connected) -> None:
    """An image in GitHub's registry, which GitHub's API for packages knows, too."""
    for version, days in (("1.0.0", 9), ("1.1.0", 2)):
        pushed = push(running.world.registry.url, "acme/tools", [version, "latest"], content=version)
        at = datetime.now(UTC) - timedelta(days=days)
        running.world.github.publish_package("acme", "tools", str(pushed.digest), [version, "latest"], at)


def _entity(running: Connected, name: str) -> dict[str, Any] | None:
    return running.backstage.entity(f"resource:default/{name}")


@pytest.fixture(scope="module", name="browser")
def opened() -> Iterator[Browser]:
    """Debian's Chromium."""
    with peers_installed(), chromium() as browser:
        yield browser


@pytest.fixture
def sign_in(browser: Browser, both: Connected) -> Iterator[SignIn]:
    """Signs people in; a page that asks another machine for something, or has an uncaught error, fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def signed_in(user: str, path: str = "/catalog", *, dark: bool = False, phone: bool = False) -> Page:
        context = browser.new_context(
            viewport=_PHONE if phone else _DESKTOP,  # type: ignore[arg-type]  # a TypedDict
            color_scheme="dark" if dark else "light",
            base_url=both.backstage.url,
            reduced_motion=MOTION,
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=both.backstage.url)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        _watch(page, both.backstage.url, wrong.append)
        page.goto(path)
        page.get_by_role("button", name=user).click()
        return page

    yield signed_in
    for context in contexts:
        context.close()
    if wrong:
        raise BackstageError("\n".join(wrong))


def _watch(page: Page, address: str, report: Callable[[str], object]) -> None:
    """Report requests to other machines and uncaught errors of a page."""
    own = (address, "data:", "blob:")

    def judge(asked: Request) -> None:
        if not asked.url.startswith(own):
            report(f"asked another machine: {asked.url}")

    def tell(error: Error) -> None:
        report(f"an uncaught error: {str(error)[:500]}")

    page.on("request", judge)
    page.on("pageerror", tell)
