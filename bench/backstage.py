"""`python -m bench.backstage`: how long a real Backstage takes to show images, and the service to list them."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

import urllib3
from sqlalchemy.engine import Engine

from bench.entities import sample_image
from bench.nginx import Server
from bench.population import digest_of
from bench.service import service
from catalog.entity import entity
from catalog.image import Image
from catalog.render import fragment
from provider.store.engine import open_engine
from provider.store.images import SqlImageIndex
from tests.peers.backstage import Backstage, BackstageError
from tests.peers.process import PeerFailed, PeerMissing

_TOKEN: Final = "the-token-of-the-bench"  # noqa: S105 - of this process alone
_BACKSTAGE_TOKEN: Final = "the-service-at-backstage"  # noqa: S105 - of this process alone
_SECONDS: Final = 1800.0
_CHANGES: Final = (1, 99)
_TURNS: Final = 9
_LISTS: Final = (
    "sort=attention",
    "sort=attention&page=300",
    "registry=ghcr.io&sort=attention",
    "status=waiting,up-to-date&sort=attention",
    "owner=group:default/team-3,group:default/team-4&sort=attention",
    "dependsOn=node-3&sort=attention",
    "q=app-0077&sort=attention",
    "sort=-lastBuilt",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a line for each value; returns 1 if something could not be started or did not appear."""
    parser = argparse.ArgumentParser(prog="python -m bench.backstage", description=__doc__)
    parser.add_argument("--images", type=int, default=10_000, metavar="N", help="how many images (default: 10000)")
    count: int = parser.parse_args(arguments).images
    with tempfile.TemporaryDirectory(prefix="image-factory-bench-") as folder:
        try:
            _measure(Path(folder), [sample_image(number) for number in range(count)])
        except (BackstageError, PeerFailed, PeerMissing) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def _measure(folder: Path, images: Sequence[Image]) -> None:
    backstage_folder = folder / "backstage"
    backstage_folder.mkdir()
    with service(folder, (), _TOKEN, {}) as server, _index(folder) as index:
        _publish(index, images)
        _print_lists(server, len(images))
        backstage = Backstage(backstage_folder, server.url, _BACKSTAGE_TOKEN, image_factory_token=_TOKEN)
        began = time.monotonic()
        with backstage:
            _print(f"start of Backstage, and {len(images)} images shown", _until(backstage, images, began))
            for changed in (*(number for number in _CHANGES if number < len(images)), len(images)):
                images = _moved(images, changed)
                _publish(index, images)
                began = time.monotonic()
                backstage.run_provider()
                _print(f"{changed} of {len(images)} images changed, and shown", _until(backstage, images, began))


@contextmanager
def _index(folder: Path) -> Iterator[SqlImageIndex]:
    engine: Engine = open_engine(f"sqlite:///{folder / 'service.db'}")
    try:
        yield SqlImageIndex(engine)
    finally:
        engine.dispose()


def _publish(index: SqlImageIndex, images: Iterable[Image]) -> None:
    listed = list(images)
    index.replace(listed, {image.name: fragment(entity(image)) for image in listed})


def _moved(images: Sequence[Image], count: int) -> list[Image]:
    """The first images have another digest: that of the first one tells this change from others."""
    moved = [replace(image, digest=digest_of(f"{image.digest}".encode())) for image in images[:count]]
    return [*moved, *images[count:]]


def _until(backstage: Backstage, images: Sequence[Image], began: float) -> float:
    """Seconds until Backstage has each image, and the first and the last one as they are now."""

    def shown() -> bool:
        ends = all(_digest(backstage, image.name) == str(image.digest) for image in (images[0], images[-1]))
        return ends and backstage.count("kind=resource,spec.type=managed-image") == len(images)

    backstage.wait_for(shown, _SECONDS)
    return time.monotonic() - began


def _digest(backstage: Backstage, name: str) -> str | None:
    found = backstage.entity(f"resource:default/{name}")
    return found["metadata"]["annotations"].get("image-factory.io/digest") if found else None


def _print_lists(server: Server, count: int) -> None:
    http = urllib3.PoolManager(headers={"X-Image-Factory-Token": _TOKEN}, retries=False)
    for query in _LISTS:
        _print_list(f"a page of {count} images: {query}", partial(_get, http, f"{server.url}/api/v1/images?{query}"))
    _print_list("the choices of the filters", partial(_get, http, f"{server.url}/api/v1/image-facets"))


def _get(http: urllib3.PoolManager, url: str) -> None:
    answer = http.request("GET", url)
    if answer.status != 200:
        raise PeerFailed(f"the service answered {answer.status} to {url}")


def _print_list(what: str, ask: Callable[[], None]) -> None:
    """The first answer is made; the service keeps it until an image changes."""
    first, *others = (_seconds(ask) for _ in range(_TURNS))
    print(f"{what}: at first {_written(first)}, then {_written(median(others))}", flush=True)


def _seconds(ask: Callable[[], None]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def _print(what: str, seconds: float) -> None:
    print(f"{what}: {_written(seconds)}", flush=True)


def _written(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
