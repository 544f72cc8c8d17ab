"""Says each thing as it happens: commits, statuses, dispatches."""

import json
import time
from collections.abc import Callable

from demo.world import World

_STEP = 0.25


class Narrator:
    """Prints what has changed since it looked last."""

    def __init__(self, world: World, say: Callable[[str], None] = print) -> None:
        self._world = world
        self._say = say
        self._began = time.monotonic()
        self._commits: set[str] = set()
        self._seen: dict[str, tuple[str, str, str]] = {}
        self._builds = 0

    def title(self, text: str) -> None:
        """Begin a chapter."""
        self._say(f"\n{self._clock()} == {text}")

    def watch(self, done: Callable[[], bool], seconds: float) -> bool:
        """Tell what happens until it is done; False when that takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            finished = done()
            self._look()
            if finished:
                return True
            time.sleep(_STEP)
        return False

    def _look(self) -> None:
        for name, image in sorted(self._world.images().items()):
            seen = (image["status"], image["reason"], image["digest"] or "")
            before = self._seen.get(name)
            if seen != before:
                self._seen[name] = seen
                digest = f" at {_short(seen[2])}" if seen[2] and (before is None or before[2] != seen[2]) else ""
                self._tell(f"{name}{digest}: {seen[0]}: {seen[1]}")
        for name, inputs in self._world.builds[self._builds :]:
            self._builds += 1
            self._tell(f"dispatch {name}, rebuild {inputs.get('image_factory_rebuild_id')}, to build on")
            for base in json.loads(inputs.get("image_factory_base_images") or "[]"):
                why = "  <- why" if base["cause"] else ""
                self._say(f"            {base['written']} as {base['reference']}@{_short(base['digest'])}{why}")
        for message in reversed(self._world.commits()):
            if message not in self._commits:
                self._commits.add(message)
                self._tell(f"commit: {message.splitlines()[0]}")

    def _tell(self, text: str) -> None:
        self._say(f"{self._clock()}   {text}")

    def _clock(self) -> str:
        return f"{time.monotonic() - self._began:5.1f}s"


def _short(digest: str) -> str:
    return digest.replace("sha256:", "")[:12]
