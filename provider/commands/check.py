"""`image-factory check`: checks images now, and prints their status."""

import sys
from collections.abc import Sequence

from provider.commands.logged_parts import logged_parts
from provider.commands.progress_bar import progress_bar
from provider.composition.config_checkout import config_address
from provider.composition.parts import Parts
from provider.composition.worker import open_worker
from provider.domain.snapshot import Snapshot
from provider.ports import ImageFilter
from provider.private_files import private_umask
from provider.settings import Settings


def run(settings: Settings, names: Sequence[str]) -> int:
    """Check these images, or all; returns 1 if a name is unknown or the configuration has a problem."""
    with private_umask(), logged_parts(settings) as parts:
        with open_worker(parts) as worker, progress_bar() as progress:
            snapshot = worker.check(names, progress)
        return _report(parts, snapshot, names)


def _report(parts: Parts, snapshot: Snapshot, names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in snapshot.images and name not in snapshot.bases]
    for name in unknown:
        print(f"{name}: no such image; 'image-factory status' lists all images", file=sys.stderr)
    for _, problem in snapshot.problems:
        print(parts.redactor(str(problem)), file=sys.stderr)
    _print_decisions(parts, snapshot, names)
    if not snapshot.images and not snapshot.bases:
        address = config_address(parts.settings)
        print(
            f"no images are enrolled; clone the config repository {address}, add an entry to images.yaml, and push it"
        )
    total = parts.index.page(ImageFilter(), 1, 1).total
    print(f"{total} {'image' if total == 1 else 'images'} tracked", file=sys.stderr)
    return int(bool(unknown or snapshot.problems))


def _print_decisions(parts: Parts, snapshot: Snapshot, names: Sequence[str]) -> None:
    for name in sorted(names or [*snapshot.images, *snapshot.bases]):
        if image := parts.index.image(name):
            digest = f" at {image.digest}" if image.digest else ""
            print(parts.redactor(f"{name}{digest}: {image.status.value}: {image.reason}"))
