"""`python -m bench.first_read REMOTE FOLDER`: reads a config repository as a worker does after a start.

It prints what was measured, as JSON. The peer is PyYAML with libyaml, which only parses the same files.
"""

import json
import resource
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import yaml

from provider import garbage
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.snapshot import Changes, Snapshot

_READS_AGAIN = 1000


def main(remote: str, folder: str) -> None:
    """Measure, and print the result."""
    # As in the process that runs the worker.
    garbage.settle()
    with ConfigRepository.open(remote, checkout=Path(folder)) as repository:
        store = GitSnapshotStore(repository)
        before = _memory()
        started = time.process_time()
        snapshot = store.read()
        first = time.process_time() - started
        memory, peak = _memory() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.process_time()
        same = all(store.read() is snapshot for _ in range(_READS_AGAIN))
        again = (time.process_time() - started) / _READS_AGAIN
        changed = [*snapshot.images][: len(snapshot.images) // 100]
        started = time.process_time()
        store.write(lambda each: _touched(each, changed), "Touch some")
        step = time.process_time() - started
        found = {
            "images": len(snapshot.images),
            "problems": len(snapshot.problems),
            "same": same,
            "first": first,
            "peer": _peer(repository),
            "again": again,
            "changed": len(changed),
            "step": step,
            "memory": memory,
            "peak": peak,
        }
    sys.stdout.write(json.dumps(found))


def _touched(snapshot: Snapshot, names: list[str]) -> Changes:
    hour = timedelta(hours=1)
    images = {name: snapshot.images[name] for name in names}
    return Changes({name: replace(image, enrolled_at=image.enrolled_at + hour) for name, image in images.items()})


def _peer(repository: ConfigRepository) -> float:
    """The processor time in which the peer turns the same files into lists, mappings and values."""
    started = time.process_time()
    for _, text in repository.contents(repository.files()):
        yaml.load(text, Loader=yaml.CSafeLoader)
    return time.process_time() - started


def _memory() -> int:
    """The memory of this process, in kB (`man 5 proc`: VmRSS)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


if __name__ == "__main__":
    main(*sys.argv[1:])
