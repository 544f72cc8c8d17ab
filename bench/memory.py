"""The memory of a worker after a start: at rest, and at most in its first round."""

from collections.abc import Callable
from pathlib import Path

from bench.marks import Mark
from bench.organisation import organisation
from bench.rounds import printed_by
from provider.store.engine import migrate, open_engine

_SECONDS = 600.0


def memory_marks(folder: Path, count: int, _rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure the worker of an organisation of so many images in a process of its own.

    Raises:
        RunFailed: the process failed, or not every image was up to date.
    """
    report("seeding")
    with organisation(folder, count):
        pass
    report("a start")
    # The index is made anew from git, which needs the most memory; its tables are there.
    for file in folder.glob("image-factory.db*"):
        file.unlink()
    engine = open_engine(f"sqlite:///{folder / 'image-factory.db'}")
    migrate(engine)
    engine.dispose()
    found = printed_by("bench.worker_memory", (str(folder), str(count)), "memory", _SECONDS)
    name = f"worker of {count:,} images"
    return [
        Mark(f"{name}, after rounds", max(found["first"], found["later"]), "MB", 200, at_most=True),
        Mark(f"{name}, at most in its first round", found["peak"], "MB", 300, at_most=True),
    ]
