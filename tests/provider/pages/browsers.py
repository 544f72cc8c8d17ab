"""An application on a port of this machine, and a browser for it."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Literal

from flask import Flask
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.peers.fixtures import peers_installed
from tests.peers.process import require

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PHONE, DESKTOP = 390, 1280
"""Widths in pixels."""

_HEIGHT = 844
_PATIENCE = 60_000


@contextlib.contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the application; the value is its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


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
