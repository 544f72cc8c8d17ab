"""`image-factory check`: look now, and print what was found and decided."""

import sys
from collections.abc import Sequence

from provider.commands.opening import opened_database, opened_worker
from provider.domain.snapshot import Snapshot
from provider.ports import ImageFilter
from provider.settings import Settings


def run(settings: Settings, names: Sequence[str]) -> int:
    """Look at these images, or at all; 1 when something could not be looked at."""
    with opened_worker(settings) as worker:
        snapshot = worker.look_at(names)
    unknown = [name for name in names if name not in snapshot.images and name not in snapshot.bases]
    for name in unknown:
        print(f"{name}: no such image; 'image-factory status' lists those there are", file=sys.stderr)
    for _, problem in snapshot.problems:
        print(problem, file=sys.stderr)
    _print_decisions(settings, snapshot, names)
    return int(bool(unknown or snapshot.problems))


def _print_decisions(settings: Settings, snapshot: Snapshot, names: Sequence[str]) -> None:
    with opened_database(settings) as database:
        for name in sorted(names or [*snapshot.images, *snapshot.bases]):
            if image := database.index.image(name):
                digest = f" at {image.digest}" if image.digest else ""
                print(f"{name}{digest}: {image.status.value}: {image.reason}")
        if not snapshot.images and not snapshot.bases:
            where = f"the config repository (its checkout is {settings.config_checkout})"
            print(f"no image is enrolled yet; add an entry to images.yaml of {where}, and commit it")
        total = database.index.page(ImageFilter(), 1, 1).total
        print(f"{total} {'image' if total == 1 else 'images'} tracked", file=sys.stderr)
