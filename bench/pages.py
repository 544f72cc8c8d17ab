"""Pages of a service with many images: the processor time of each first page, through the whole web part."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

from flask.testing import FlaskClient

from bench.marks import Mark
from bench.rounds import RunFailed
from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings
from tests.population.filling import fill

PAGES = {
    "overview": ("/overview", 50),
    "images": ("/images", 50),
    "images that are behind": ("/images?behind=true&sort=behindSince", 50),
    "one image": ("/images/payments-api", 50),
    "a base image with 300 dependents": ("/images/node-22", 200),
    "its graph": ("/images/node-22/graph", 200),
    "rebuilds of a week": ("/rebuilds?last=7d", 50),
    "changes of a week": ("/changes?last=7d", 50),
    "problems": ("/problems", 50),
    "audit": ("/audit", 50),
}
"""The address of each page, and its goal in milliseconds."""

_EACH = 5


def page_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure the pages of a service with this number of images; calls `report` once for the database and each page.

    Raises:
        RunFailed: a page has no answer.
    """
    environ = {
        "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{folder / 'pages.db'}",
        "IMAGE_FACTORY_CONFIG_CHECKOUT": str(folder / "config"),
        "IMAGE_FACTORY_REGISTRY_AUTH_FILE": str(folder / "no-credentials.json"),
    }
    with Parts.open(read_settings(environ)) as parts:
        report("a database of images")
        fill(parts.engine, count, datetime.now(UTC).replace(microsecond=0))
        client = web_app(parts).test_client()
        marks = []
        for name, (address, goal) in PAGES.items():
            report(name)
            # The first answer also compiles the template.
            _milliseconds(client, address)
            taken = median(_milliseconds(client, address) for _ in range(_EACH * rounds))
            marks.append(Mark(f"page: {name}", taken, "ms of CPU", goal, at_most=True))
    return marks


def _milliseconds(client: FlaskClient, address: str) -> float:
    before = process_time()
    answer = client.get(address, headers={"Accept": "text/html"})
    taken = process_time() - before
    if answer.status_code != 200:
        raise RunFailed(f"{address} answered {answer.status_code}: {answer.text[-500:]}")
    return taken * 1000
