"""Versions and builds from before the service was there, so that the pages of an image have something to show."""

from datetime import UTC, datetime, timedelta
from typing import Final

from demo.world import World
from tests.peers.github.runs import Conclusion
from tests.peers.images import push

VERSIONS: Final = tuple(f"1.{minor}.{patch}" for minor in range(9) for patch in range(3))
OTHER_TAGS: Final = ("nightly", "sha-4f0c9ab", "1.8.2-rc.1")
RUNS: Final = 34

_LINT: Final = "name: Lint\non: [push]\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps: [{run: make lint}]\n"
_FAILURES: Final = frozenset({3, 17})


def add_history(world: World, name: str) -> None:
    """Push tags of an image, and add runs of its workflow and of another one of its repository."""
    repository = f"acme/{name}"
    for version in (*VERSIONS, *OTHER_TAGS):
        push(world.registry.url, repository, [version], content=f"{name} {version}", platforms=_platforms(version))
    world.github.commit(repository, {".github/workflows/lint.yml": _LINT}, message="Lint the sources")
    for number in range(RUNS):
        began = datetime.now(UTC) - timedelta(hours=3 * (RUNS - number))
        conclusion: Conclusion = "failure" if number in _FAILURES else "success"
        world.github.add_run(
            repository, "build.yml", title=f"Change number {number}", created_at=began, conclusion=conclusion
        )
        if number % 3 == 0:
            world.github.add_run(repository, "lint.yml", title="Lint", created_at=began, conclusion="success")


def _platforms(version: str) -> tuple[str, ...]:
    return ("linux/amd64", "linux/arm64") if version.endswith(".0") else ("linux/amd64",)
