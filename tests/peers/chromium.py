"""Debian's Chromium, for tests of pages."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from playwright.sync_api import Browser, expect, sync_playwright

from tests.peers.process import require

PATIENCE: Final = 60_000
"""How long a test waits for what it expects of a page, in milliseconds."""

MOTION: Final[Literal["reduce"]] = "reduce"
"""The motion that the pages of a test want, for each context of a browser.

Bootstrap scrolls smoothly where people have not asked for less motion. A field that a test fills in gets the focus, and
the page scrolls to it for 0.3 s; a click in the meantime presses the button and releases the mouse beside it.
"""

_ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
_SHELL: Final = "chromium-headless-shell"


def chromium_program() -> str:
    """The path of Chromium: of the one without windows, which needs half the processor time, or else the whole one.

    Raises:
        PeerMissing: neither is installed.
    """
    return shutil.which(_SHELL) or shutil.which("chromium") or require(_SHELL, _SHELL)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without windows.

    Raises:
        PeerMissing: Chromium is not installed.
    """
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        path, arguments = chromium_program(), list(_ARGUMENTS)
        browser = playwright.chromium.launch(executable_path=path, args=arguments, timeout=3 * PATIENCE)
        yield browser
        browser.close()
