"""What reading the config repository costs: after a start, again at the same commit, and after a step."""

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bench.marks import Mark
from bench.rounds import RunFailed, printed_by
from bench.state_files import make_config_repository
from provider.config_repo.repository.config_repository import ConfigRepository

_SECONDS = 600.0
_OURS = "first read"
_MS = 1000


def read_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure with this number of images; a round is one process, which reads everything and makes one step.

    Raises:
        RunFailed: a process failed, or read another number of images.
    """
    report("seeding")
    remote = folder / "config.git"
    make_config_repository(remote, count)
    with ConfigRepository.open(str(remote), checkout=folder / "config"):
        pass
    found = []
    for _ in range(rounds):
        report(_OURS)
        found.append(_measured(remote, folder / "config", count))
    first, peer, again, step, memory = (
        median(float(each[key]) for each in found) for key in ("first", "peer", "again", "step", "memory")
    )
    changed = int(found[0]["changed"])
    name = f"{count:,} images"
    return [
        Mark(f"first read of {name}: CPU", first * _MS / count, "ms an image", 1, at_most=True),
        Mark(f"first read of {name}, CPU", first / peer, "x PyYAML's CSafeLoader", 1.5, at_most=True),
        Mark(f"another read of {name}: CPU", again * _MS / count, "ms an image", 0.0001, at_most=True),
        Mark(f"a step that changes {changed} of them: CPU", step * _MS / changed, "ms a change", 3, at_most=True),
        Mark(f"snapshot of {name}: memory", memory / count, "kB an image", 10, at_most=True),
    ]


def _measured(remote: Path, checkout: Path, count: int) -> Mapping[str, Any]:
    found = printed_by("bench.first_read", (str(remote), str(checkout)), "reads", _SECONDS)
    if (found["images"], found["problems"], found["same"]) != (count, 0, True):
        raise RunFailed(f"reads: not all of {count} images were read as they are: {found}")
    return found
