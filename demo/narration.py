"""Prints what happens: commits, statuses and dispatches."""

import json
import time
from collections.abc import Callable

from demo.world import World

_STEP = 0.25


class Narrator:
    """Prints what changed since its last report."""

    def __init__(self, world: World, write: Callable[[str], None] = print) -> None:
        self._world = world
        self._write = write
        self._began = time.monotonic()
        self._commits: set[str] = set()
        self._seen: dict[str, tuple[str, str, str]] = {}
        self._builds = 0

    def title(self, text: str) -> None:
        """Print a heading."""
        self._write(f"\n{self._clock()} == {text}")

    def line(self, text: str) -> None:
        """Print what happened now."""
        self._write(f"{self._clock()}   {text}")

    def detail(self, text: str) -> None:
        """Print what belongs to the line before."""
        self._write(f"            {text}")

    def report_until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Print what happens until the condition holds; returns False if that takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            finished = done()
            self._report()
            if finished:
                return True
            time.sleep(_STEP)
        return False

    def _report(self) -> None:
        for name, image in sorted(self._world.images().items()):
            seen = (image["status"], image["reason"], image["digest"] or "")
            before = self._seen.get(name)
            if seen != before:
                self._seen[name] = seen
                # Which statuses are seen between two digests depends on the machine; the result always names its own.
                told = before is None or before[2] != seen[2] or seen[0] == "up-to-date"
                digest = f" at {short(seen[2])}" if seen[2] and told else ""
                self.line(f"{name}{digest}: {seen[0]}: {seen[1]}")
        for name, inputs in self._world.builds[self._builds :]:
            self._builds += 1
            self.line(f"dispatch {name}, rebuild {inputs.get('image_factory_rebuild_id')}, build from:")
            for base in json.loads(inputs.get("image_factory_base_images") or "[]"):
                why = "  <- cause" if base["cause"] else ""
                self.detail(f"{base['written']} = {base['reference']}@{short(base['digest'])}{why}")
        for message in reversed(self._world.commits()):
            if message not in self._commits:
                self._commits.add(message)
                self.line(f"commit: {message.splitlines()[0]}")

    def _clock(self) -> str:
        return f"{time.monotonic() - self._began:5.1f}s"


def short(digest: str) -> str:
    """The first digits of a digest."""
    return digest.replace("sha256:", "")[:12]
