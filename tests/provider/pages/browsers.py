"""An application on a port of this machine, and a browser for it."""

import contextlib
from collections.abc import Iterator
from typing import Literal

from playwright.sync_api import Page, expect, sync_playwright

from tests.peers.fixtures import peers_installed
from tests.peers.process import require

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PHONE, DESKTOP = 390, 1280
"""Widths in pixels."""

_HEIGHT = 844
_PATIENCE = 60_000


@contextlib.contextmanager
def window(
    width: int = PHONE, scheme: Literal["light", "dark"] = "light", *, scripts: bool = True, zone: str = "UTC"
) -> Iterator[Page]:
    """A window of Chromium.

    Args:
        width: in pixels.
        scheme: the preferred colour scheme.
        scripts: whether scripts are enabled.
        zone: the time zone of the reader.
    """
    with peers_installed():
        chromium = require("chromium", "chromium")
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS, timeout=3 * _PATIENCE)
        page = browser.new_page(
            viewport={"width": width, "height": _HEIGHT},
            color_scheme=scheme,
            java_script_enabled=scripts,
            timezone_id=zone,
        )
        page.set_default_timeout(_PATIENCE)
        yield page
        browser.close()
