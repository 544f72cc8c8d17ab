"""A release tracker, its pages on a port of this machine, and a browser."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from provider.tracker.decisions.kinds import RepositoryType
from tests.peers.chromium import MOTION, PATIENCE, chromium
from tests.peers.fixtures import peers_installed
from tests.peers.process import PeerMissing
from tests.peers.served import serving
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld, release

ROOT = Path(__file__).parents[2]
AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
NOTES = """## What is new

* **Faster** start
* `--json` for every command

| was | is |
|-----|----|
| 2 s | 1 s |

See [the docs](https://vendor.example/docs).
"""
_PHONE = {"width": 390, "height": 844}


def pytest_itemcollected(item: pytest.Item) -> None:
    """What needs axe-core runs where it is installed, with the tests of a real Backstage."""
    if "axe" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.backstage)


@pytest.fixture(name="world")
def made_world() -> TrackerWorld:
    """One published repository of every type; nothing is tracked."""
    world = TrackerWorld()
    candidate = release("2.0.0-rc.1", 3, prerelease=True, notes="A first try.")
    world.publish(
        RepositoryType.GITHUB, "acme/tool", release("1.0.0", 400), release("1.1.0", 30, notes=NOTES), candidate
    )
    many = (release(f"v0.{number}.0", 99 - number) for number in range(45))
    world.publish(RepositoryType.GIT, "git.example.org/team/library", *many)
    world.publish(RepositoryType.CONTAINER, "ghcr.io/acme/app", release("3.2.1", 2, url=None))
    return world


@pytest.fixture(name="address")
def served(world: TrackerWorld) -> Iterator[str]:
    """The address of the pages."""
    with serving(world.app()) as address:
        yield address


@pytest.fixture(name="browser", scope="module")
def started() -> Iterator[Browser]:
    """Debian's Chromium."""
    with peers_installed(), chromium() as browser:
        yield browser


@pytest.fixture(name="window")
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens windows; an error in the console of the browser fails the test at its end."""
    console: list[str] = []
    contexts = []

    def open_window(*, phone: bool = False, dark: bool = False, script: bool = True) -> Page:
        context = browser.new_context(
            viewport=_PHONE if phone else {"width": 1280, "height": 800},  # type: ignore[arg-type]  # a TypedDict
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion=MOTION,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: console.append(message.text))
        page.on("pageerror", lambda error: console.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    # Chromium reports every error response, also expected ones, and connections that end with the server of the test.
    # Violations of our content security policy and script errors have other messages. A test that types before the page
    # has focused its first field is as right as a person who is that fast.
    # The sign-in page of a real provider has a field without autocomplete; axe-core would find one of ours.
    # Signing out clears the cache, which is said.
    # A request that is on its way when the page is left is aborted, which htmx writes down too.
    expected = re.compile(
        r"Failed to load resource: .*(status of 4[0-9][0-9]|net::ERR_)|Autofocus processing was blocked"
        r"|^\[DOM\] Input elements should have autocomplete attributes"
        r"|^htmx:(afterRequest|sendAbort),"
        r"|^Clear-Site-Data header on '[^']*/logout': Cleared data types: "
    )
    assert [text for text in console if not expected.search(text)] == []


@pytest.fixture(name="page")
def desktop(window: Callable[..., Page]) -> Page:
    """A window of a desktop browser."""
    return window()


@pytest.fixture(name="axe", scope="session")
def installed_axe() -> str:
    """The script of axe-core."""
    with peers_installed():
        if not AXE.exists():
            raise PeerMissing("axe-core is missing: run tests/browser/axe/install.sh")
    return AXE.read_text("utf-8")


def crowd(world: TrackerWorld) -> None:
    """Track 200 more repositories, as an organization does."""
    for number in range(200):
        world.add_unpolled(f"https://github.com/acme/z{number}", f"zebra-{number:03}")


def keep(page: Page, name: str) -> None:
    """Save a screenshot of the whole page for people."""
    folder = ROOT / "artifacts" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    # By default, Playwright hides the caret with a style that our content security policy refuses.
    page.screenshot(path=folder / f"{name}.png", full_page=True, caret="initial")


def broken_rules(page: Page, axe: str) -> list[str]:
    """The rules of axe-core that the page breaks."""
    page.evaluate(axe)
    # What passes is not asked for: that takes more than half of the time.
    found = page.evaluate("axe.run({resultTypes: ['violations'], iframes: false})")
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]
