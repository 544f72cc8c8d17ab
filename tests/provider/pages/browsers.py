"""An application on a port of this machine, and a browser for it."""

import contextlib
from collections.abc import Iterator
from typing import Literal

from playwright.sync_api import Page

from tests.peers.chromium import MOTION, PATIENCE, chromium
from tests.peers.fixtures import peers_installed

PHONE, DESKTOP = 390, 1280
"""Widths in pixels."""

_HEIGHT = 844


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
    with peers_installed(), chromium() as browser:
        page = browser.new_page(
            viewport={"width": width, "height": _HEIGHT},
            color_scheme=scheme,
            java_script_enabled=scripts,
            timezone_id=zone,
            reduced_motion=MOTION,
        )
        page.set_default_timeout(PATIENCE)
        yield page
