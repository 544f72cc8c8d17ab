"""`make demo`: shows how images are enrolled, and rebuilt when a base image changes; `KEEP=1` keeps it running."""

import io
import os
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import NoReturn

from demo.chapters import CHAPTERS, Unexpected
from demo.images import SPARE, written
from demo.narration import Narrator
from demo.staying import Kept, stay
from demo.story_world import ADMIN_TOKEN, StoryWorld
from tests.peers.process import PeerFailed, PeerMissing

_CHANGED = "node-22"


def main() -> int:
    """Run the demo; returns 1 if something did not happen as expected."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file or a pipe would get the addresses at the end, when they lead nowhere.
        sys.stdout.reconfigure(line_buffering=True)
    with tempfile.TemporaryDirectory(prefix="image-factory-demo-") as folder:
        try:
            with StoryWorld(Path(folder)) as world:
                return _play(world)
        except (PeerMissing, PeerFailed) as error:
            print(error, file=sys.stderr)
            return 1


def _play(world: StoryWorld) -> int:
    narrator = Narrator(world)
    print(f"Image Factory: {world.url}, registry: {world.registry.url}, config repository: {world.config_url}")
    try:
        for chapter in CHAPTERS:
            chapter(world, narrator)
        _sum_up(world)
    except (Unexpected, TimeoutError) as error:
        return _failed(world, str(error))
    if os.environ.get("KEEP"):
        stay(_kept(world), world.publish_node)
    return 0


def _kept(world: StoryWorld) -> Kept:
    return Kept(
        url=world.url,
        github=world.github.url,
        config_url=world.config_url,
        config_token=world.git.write_token,
        admin=ADMIN_TOKEN,
        entry=written(SPARE, world.registry.host, world.delay),
        delay=world.delay,
        log=str(world.folder / "service.log"),
    )


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    # What the demo has started is stopped while this passes.
    raise SystemExit(128 + number)


def _sum_up(world: StoryWorld) -> None:
    digest = world.image(_CHANGED)["digest"]
    counts = Counter(name for name, _ in world.builds)
    shown, as_expected = digest in world.catalog(), counts == {"base": 2, "portal": 2}
    print("\nSummary")
    print(f"  node:22 now has the digest {digest[:19]}...; the Backstage entity {_CHANGED} shows it: {_yes(shown)}")
    order = ", ".join(name for name, _ in world.builds)
    print(f"  rebuilt, parents first: {order}; each once for each change: {_yes(as_expected)}")
    print(f"  api, built from debian:12, was not rebuilt: {_yes(counts['api'] == 0)}")
    print(f"  {len(world.commits())} commits in the config repository record what happened and why")
    if not (shown and as_expected):
        raise Unexpected("this is not the expected result")


def _yes(condition: object) -> str:
    return "yes" if condition else "no"


def _failed(world: StoryWorld, what: str) -> int:
    log = (world.folder / "service.log").read_text(encoding="utf-8", errors="replace").splitlines()
    print(f"\n{what}. The end of the log of the service:", *log[-30:], sep="\n  ", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
