"""Debian's Chromium, for tests of pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, expect, sync_playwright

from tests.peers.process import require

PATIENCE: Final = 60_000
"""How long a test waits for what it expects of a page, in milliseconds."""

_ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without windows.

    Raises:
        PeerMissing: Chromium is not installed.
    """
    path = require("chromium", "chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS, timeout=3 * PATIENCE)
        yield browser
        browser.close()
