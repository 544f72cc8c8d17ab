"""Entities for Backstage: stored fragments, of which 1 % is rendered again, against PyYAML dumping all of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from flask import Flask

from bench.marks import Mark
from bench.population import digest_of
from bench.rounds import Cost, RunFailed, in_turn, measured, speed, typical
from catalog.entity import entity
from catalog.image import DependencyDocument, DependencyRole, DiscoveryDocument, DiscoveryStatus, Image, Role, Status
from catalog.render import document, fragment
from provider.api.catalog import catalog_documents
from provider.ports import StoredCatalog
from provider.store.engine import migrate, open_engine
from provider.store.images import SqlImageIndex
from proxy.secrets.redactor import Redactor

_CHANGED_EACH = 100
_CONDITIONAL_REQUESTS = 20
_OURS, _PEER = "stored fragments", "PyYAML CSafeDumper"
_AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


class CountingIndex(SqlImageIndex):
    """Counts how often all fragments are read, which is once for each response body that is built."""

    bodies = 0

    @contextmanager
    def read_catalog(self) -> Iterator[StoredCatalog]:
        """The rendered entities, by name."""
        self.bodies += 1
        with super().read_catalog() as read:
            yield read


def entity_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure this number of Resources; calls `report` with each contestant before its turn.

    Raises:
        RunFailed: a document or an answer is not what it should be.
    """
    images = [sample_image(number) for number in range(count)]
    entities = [entity(image) for image in images]
    stored = {image.name: fragment(found) for image, found in zip(images, entities, strict=True)}
    changed = [replace(image, status=Status.WAITING, next_eligible_at=_AT) for image in images[::_CHANGED_EACH]]
    contestants: dict[str, Callable[[], Cost]] = {
        _PEER: lambda: measured(lambda: yaml.dump_all(entities, Dumper=yaml.CSafeDumper, sort_keys=False)),
        _OURS: lambda: measured(lambda: _rendered(stored, changed)),
    }
    costs = in_turn(contestants, rounds, report)
    _check(_rendered(stored, changed), count, len(changed))
    report("304 answers")
    return [
        Mark("entities, 1 % changed", speed(typical(costs[_PEER]), typical(costs[_OURS])), f"x {_PEER}", 50),
        Mark("entities, 304 answers", _bodies_for_304(folder, images, stored), "bodies built", 0, at_most=True),
    ]


def _rendered(stored: dict[str, str], changed: Iterable[Image]) -> str:
    fresh = {image.name: fragment(entity(image)) for image in changed}
    return document((stored | fresh).values())


def _check(text: str, count: int, changed: int) -> None:
    found = text.count("\napiVersion:") + text.startswith("apiVersion:")
    waiting = text.count("- waiting\n")
    if (found, waiting) != (count, changed):
        raise RunFailed(f"rendered {found} entities, {waiting} of them changed; expected {count} and {changed}")


def _bodies_for_304(folder: Path, images: Sequence[Image], stored: dict[str, str]) -> int:
    """How many response bodies are built for requests with the ETag of the newest document."""
    engine = open_engine(f"sqlite:///{folder / 'entities.db'}")
    try:
        migrate(engine)
        index = CountingIndex(engine)
        index.replace(images, stored)
        app = Flask(__name__)
        app.register_blueprint(catalog_documents(index, Redactor(())))
        client = app.test_client()
        first = client.get("/catalog/catalog-info.yaml")
        if first.status_code != 200 or index.bodies != 1:
            raise RunFailed(f"the catalog answered {first.status_code} and built {index.bodies} bodies, not 200 and 1")
        for _ in range(_CONDITIONAL_REQUESTS):
            again = client.get("/catalog/catalog-info.yaml", headers={"If-None-Match": first.headers["ETag"]})
            if again.status_code != 304:
                raise RunFailed(f"the catalog answered {again.status_code} to its own ETag, not 304")
        return index.bodies - 1
    finally:
        engine.dispose()


def sample_image(number: int) -> Image:
    """A managed image that is up to date; each number gives another one."""
    bases = (f"node-{number % 40}", f"alpine-{number % 25}")
    return Image(
        f"app-{number:05}",
        Role.MANAGED,
        "ghcr.io",
        f"acme/team-{number % 50}/app-{number:05}",
        "latest",
        Status.UP_TO_DATE,
        "Built on the newest bases.",
        f"group:default/team-{number % 50}",
        digest=digest_of(f"{number} now".encode()),
        previous_digest=digest_of(f"{number} before".encode()),
        last_updated=_AT - timedelta(days=3),
        last_built=_AT - timedelta(days=3),
        enrolled_at=_AT - timedelta(days=300),
        discovery=DiscoveryDocument(DiscoveryStatus.SUCCESS),
        dependencies=tuple(
            DependencyDocument(base, f"docker.io/library/{base}:22", DependencyRole.FINAL, ("from",)) for base in bases
        ),
        title=f"Application {number}",
        description="What this application does for those who use it, in a sentence.",
        system="shop",
    )
