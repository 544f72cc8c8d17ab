"""What each fault does, and how it ends: a context manager each, which is healed when its block ends."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from soak.faults.plan import FaultKind
from soak.world.processes import Supervised
from soak.world.service import WORKERS
from soak.world.soak_world import SoakWorld

_SHARE = 0.3
_JUMP_SECONDS = 20 * 60


class NotPossible(Exception):
    """The fault cannot be injected on this machine; the message says why, and what would help."""


@contextmanager
def _killed(process: Supervised) -> Iterator[str]:
    process.kill()
    try:
        yield process.program.name
    finally:
        process.start()


@contextmanager
def _registry_killed(world: SoakWorld) -> Iterator[str]:
    world.registry.kill()
    try:
        yield "registry"
    finally:
        world.registry.revive()


@contextmanager
def _suspended(process: Supervised) -> Iterator[str]:
    process.suspend()
    try:
        yield process.program.name
    finally:
        process.resume()


@contextmanager
def _full(world: SoakWorld) -> Iterator[str]:
    if world.disk.why_not:
        raise NotPossible(world.disk.why_not)
    world.disk.fill()
    try:
        yield WORKERS[1]
    finally:
        world.disk.free()


@contextmanager
def _jumped(world: SoakWorld, seconds: int) -> Iterator[str]:
    if world.clock.why_not:
        raise NotPossible(world.clock.why_not)
    world.clock.jump(seconds)
    try:
        yield WORKERS[1]
    finally:
        world.clock.jump(0)


@contextmanager
def _flaky(world: SoakWorld, peer: str) -> Iterator[str]:
    world.share[peer].value = _SHARE
    try:
        yield peer
    finally:
        world.share[peer].value = 0.0


ACTS: Mapping[FaultKind, Callable[[SoakWorld], AbstractContextManager[str]]] = {
    FaultKind.KILL_WORKER_1: lambda world: _killed(world.workers[WORKERS[0]]),
    FaultKind.KILL_WORKER_2: lambda world: _killed(world.workers[WORKERS[1]]),
    FaultKind.KILL_POSTGRESQL: lambda world: _killed(world.postgresql.process),
    FaultKind.KILL_REGISTRY: _registry_killed,
    FaultKind.SUSPEND_WORKER: lambda world: _suspended(world.workers[WORKERS[0]]),
    FaultKind.FILL_DISK: _full,
    FaultKind.JUMP_AHEAD: lambda world: _jumped(world, _JUMP_SECONDS),
    FaultKind.JUMP_BACK: lambda world: _jumped(world, -_JUMP_SECONDS),
    FaultKind.FLAKY_REGISTRY: lambda world: _flaky(world, "registry"),
    FaultKind.FLAKY_GITHUB: lambda world: _flaky(world, "github"),
    FaultKind.FLAKY_GIT: lambda world: _flaky(world, "git"),
}
"""Each gives the name of what the fault is done to."""
