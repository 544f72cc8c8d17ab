"""A service of its own process with this number of images, and the pages that are looked at."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import urllib3
from playwright.sync_api import Page

from provider.store.engine import migrate, open_engine
from tests.peers.process import LOOPBACK, reserved_port, running
from tests.population.filling import fill

FEW, MANY = 3, 300
SIZES: Final = (0, FEW, MANY, 3000)
PAGES: Final = {
    "overview": "/overview",
    "images": "/images",
    "images-behind": "/images?behind=true",
    "no-match": "/images?q=nothing-like-this",
    "image": "/images/payments-api",
    "image-parent": "/images/base-node",
    "image-timeline": "/images/payments-api/timeline",
    "base": "/images/node-22",
    "base-graph": "/images/node-22/graph",
    "rebuilds": "/rebuilds?last=all",
    "changes": "/changes?last=all",
    "audit": "/audit",
    "problems": "/problems",
}
"""The pages of the navigation that differ with the number of images, and those of one image: one line for each."""

OTHERS: Final = {
    "enroll": "/images/new",
    "what-if": "/simulate",
    "releases": "/",
    "news": "/releases",
    "webhooks": "/webhooks",
    "documentation": "/api/docs",
}
"""The other pages of the navigation, which are looked at with three images only."""

_SCREENSHOTS = Path(__file__).parents[2] / "artifacts" / "screenshots"


@contextlib.contextmanager
def service_at_size(folder: Path, count: int) -> Iterator[str]:
    """The address of `image-factory serve` with this number of images, until the end of the block."""
    database = f"sqlite:///{folder / 'service.db'}"
    engine = open_engine(database)
    migrate(engine)
    fill(engine, count, datetime.now(UTC))
    engine.dispose()
    with reserved_port() as port:
        url = f"http://{LOOPBACK}:{port}"
        others = {key: value for key, value in os.environ.items() if not key.startswith("IMAGE_FACTORY_")}
        environment = others | {
            "IMAGE_FACTORY_DATABASE_URL": database,
            "IMAGE_FACTORY_REGISTRY_AUTH_FILE": str(folder / "no-credentials.json"),
            "IMAGE_FACTORY_CONFIG_CHECKOUT": str(folder / "config"),
            "IMAGE_FACTORY_CONTACT": "#platform in Slack",
        }
        command = [sys.executable, "-m", "provider", "serve", "--no-worker", "--port", str(port)]
        with running(command, log=folder / "service.log", ready=lambda: _alive(url), environment=environment):
            yield url


def pages_at(count: int) -> Mapping[str, str]:
    """The pages that are looked at with this number of images."""
    return PAGES | OTHERS if count == FEW else PAGES


def keep(page: Page, count: int, name: str) -> None:
    """Save a screenshot of the whole page for people."""
    folder = _SCREENSHOTS / f"{count:04}"
    folder.mkdir(parents=True, exist_ok=True)
    # By default, Playwright hides the caret with a style that our content security policy refuses.
    page.screenshot(path=folder / f"{name}.png", full_page=True, caret="initial")


def _alive(url: str) -> bool:
    try:
        return urllib3.request("GET", f"{url}/healthz", retries=False, timeout=5.0).status == 200
    except urllib3.exceptions.HTTPError:
        return False
