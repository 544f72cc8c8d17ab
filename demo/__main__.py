"""`make demo`: watch a base image move and the right images rebuild once; `KEEP=1` leaves everything up."""

import contextlib
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from demo.narration import Narrator
from demo.world import World
from tests.peers.process import PeerFailed, PeerMissing

_MOVED = "node-22"


def main() -> int:
    """Run it; 1 when something did not happen as it should."""
    with tempfile.TemporaryDirectory(prefix="image-factory-demo-") as folder:
        try:
            with World(Path(folder)) as world:
                return _play(world)
        except (PeerMissing, PeerFailed) as error:
            print(error, file=sys.stderr)
            return 1


def _play(world: World) -> int:
    narrator = Narrator(world)
    print(f"Image Factory at {world.url}, a registry at {world.registry.url}, git at {world.config_url}")
    narrator.title("A person pushes three enrollments to the config repository")
    world.enroll()
    if not narrator.watch(world.settled, 40):
        return _failed(world, "the enrolled images did not become up to date")
    narrator.title("Upstream publishes a new node:22")
    moved = world.move()
    if not narrator.watch(lambda: _rebuilt(world) and world.settled(), 40):
        return _failed(world, "the images that stand on node:22 were not rebuilt")
    return _sum_up(world, moved.digest)


def _rebuilt(world: World) -> bool:
    return {"base", "portal"} <= {name for name, _ in world.builds}


def _sum_up(world: World, digest: str) -> int:
    counts = Counter(name for name, _ in world.builds)
    order = " then ".join(name for name, _ in world.builds)
    print("\nIn short")
    print(
        f"  node:22 moved to {digest[:19]}..., and the Backstage entity {_MOVED} shows it: {digest in world.catalog()}"
    )
    alone = counts["api"] == 0
    print(f"  rebuilt, parents first: {order}; each once: {set(counts.values()) == {1}}; api was left alone: {alone}")
    print(f"  {len(world.commits())} commits in the config repository tell what happened and why")
    right = set(counts.values()) == {1} and set(counts) == {"base", "portal"} and digest in world.catalog()
    if not right:
        return _failed(world, "that is not what should have happened")
    if os.environ.get("KEEP"):
        _stay(world)
    return 0


def _stay(world: World) -> None:
    print(f"\nStill up: {world.url}/images  {world.url}/api/docs  {world.url}/catalog/catalog-info.yaml")
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        input("Press Enter to end. ")


def _failed(world: World, what: str) -> int:
    log = (world.folder / "service.log").read_text(encoding="utf-8", errors="replace").splitlines()
    print(f"\n{what}. The service's last words:", *log[-30:], sep="\n  ", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
