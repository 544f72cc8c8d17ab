"""`make demo`: shows how a base image changes and its dependents are rebuilt once; `KEEP=1` keeps it running."""

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from demo.narration import Narrator
from demo.staying import stay
from demo.world import World
from tests.peers.process import PeerFailed, PeerMissing

_MOVED = "node-22"


def main() -> int:
    """Run the demo; returns 1 if something did not happen as expected."""
    with tempfile.TemporaryDirectory(prefix="image-factory-demo-") as folder:
        try:
            with World(Path(folder)) as world:
                return _play(world)
        except (PeerMissing, PeerFailed) as error:
            print(error, file=sys.stderr)
            return 1


def _play(world: World) -> int:
    narrator = Narrator(world)
    print(f"Image Factory: {world.url}, registry: {world.registry.url}, config repository: {world.config_url}")
    narrator.title("A person pushes three enrollments to the config repository")
    world.enroll()
    if not narrator.report_until(world.settled, 40):
        return _failed(world, "the enrolled images did not become up to date")
    narrator.title("Upstream publishes a new node:22")
    moved = world.move()
    if not narrator.report_until(lambda: _rebuilt(world) and world.proven(), 40):
        return _failed(world, "the images that depend on node:22 were not rebuilt")
    return _sum_up(world, moved.digest)


def _rebuilt(world: World) -> bool:
    return {"base", "portal"} <= {name for name, _ in world.builds}


def _sum_up(world: World, digest: str) -> int:
    counts = Counter(name for name, _ in world.builds)
    order = " then ".join(name for name, _ in world.builds)
    print("\nSummary")
    shown = _yes(digest in world.catalog())
    print(f"  node:22 now has the digest {digest[:19]}...; the Backstage entity {_MOVED} shows it: {shown}")
    once, untouched = _yes(set(counts.values()) == {1}), _yes(counts["api"] == 0)
    print(
        f"  rebuilt, parents first: {order}; each once: {once}; api, built from debian:12, was not rebuilt: {untouched}"
    )
    print(f"  {len(world.commits())} commits in the config repository record what happened and why")
    right = set(counts.values()) == {1} and set(counts) == {"base", "portal"} and digest in world.catalog()
    if not right:
        return _failed(world, "this is not the expected result")
    if os.environ.get("KEEP"):
        stay(world.url, world.config_url, world.git.write_token)
    return 0


def _yes(condition: object) -> str:
    return "yes" if condition else "no"


def _failed(world: World, what: str) -> int:
    log = (world.folder / "service.log").read_text(encoding="utf-8", errors="replace").splitlines()
    print(f"\n{what}. The end of the log of the service:", *log[-30:], sep="\n  ", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
