"""`image-factory check`: look now, and print what was found and decided."""

import sys
from collections.abc import Sequence

from provider.commands.opening import opened_database, opened_worker
from provider.domain.books import Books
from provider.ports import ImageFilter
from provider.settings import Settings


def run(settings: Settings, names: Sequence[str]) -> int:
    """Look at these images, or at all; 1 when something could not be looked at."""
    with opened_worker(settings) as worker:
        books = worker.look_at(names)
    unknown = [name for name in names if name not in books.images and name not in books.bases]
    for name in unknown:
        print(f"{name}: no such image; 'image-factory status' lists those there are", file=sys.stderr)
    for _, problem in books.problems:
        print(problem, file=sys.stderr)
    _print_decisions(settings, books, names)
    return int(bool(unknown or books.problems))


def _print_decisions(settings: Settings, books: Books, names: Sequence[str]) -> None:
    with opened_database(settings) as database:
        for name in sorted(names or [*books.images, *books.bases]):
            if image := database.index.image(name):
                digest = f" at {image.digest}" if image.digest else ""
                print(f"{name}{digest}: {image.status.value}: {image.reason}")
        if not books.images and not books.bases:
            where = f"the config repository (its checkout is {settings.config_checkout})"
            print(f"no image is enrolled yet; add an entry to images.yaml of {where}, and commit it")
        total = database.index.page(ImageFilter(), 1, 1).total
        print(f"{total} {'image' if total == 1 else 'images'} tracked", file=sys.stderr)
