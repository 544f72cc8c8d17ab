"""People who read pages, in a process of their own, so that nothing else of the soak slows their answers down.

`python -m soak.load.readers URL TOKEN PEOPLE SEED IMAGES FILE` writes a line of JSON for each answer, until its
standard input ends.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

import urllib3

from soak.evidence import Reading

_TIMEOUT = 30.0
_LEAST_PAUSE, _MOST_PAUSE = 1.0, 5.0
PAGES: Mapping[str, int] = {
    "/images": 4,
    "/images?status=waiting": 1,
    "/images/NAME": 6,
    "/api/v1/images?pageSize=100": 2,
    "/api/v1/images/NAME": 6,
    "/api/v1/images/NAME/rebuilds": 2,
    "/api/v1/rebuilds": 1,
    "/api/v1/updates": 1,
    "/api/v1/problems": 1,
    "/catalog/catalog-info.yaml": 1,
    "/readyz": 2,
    "/": 1,
}
"""What people read, and how often."""


class Reader(threading.Thread):
    """One person."""

    def __init__(self, url: str, token: str, seed: int, images: int, note: Callable[[Reading], None]) -> None:
        super().__init__(daemon=True)
        self._url, self._images, self._note = url, images, note
        self._headers = {"X-Image-Factory-Token": token}
        self._dice = random.Random(seed)  # noqa: S311 - what people read
        self._tag = ""

    def run(self) -> None:
        """Read, and think, until the process ends."""
        pages, weights = list(PAGES), list(PAGES.values())
        with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as connections:
            while True:
                time.sleep(self._dice.uniform(_LEAST_PAUSE, _MOST_PAUSE))
                self._read(connections, self._dice.choices(pages, weights)[0])

    def _read(self, connections: urllib3.PoolManager, page: str) -> None:
        path = page.replace("NAME", f"app-{self._dice.randrange(self._images):05}")
        catalog = page.startswith("/catalog")
        conditional = {"If-None-Match": self._tag} if catalog and self._tag else {}
        at, started = time.time(), time.monotonic()
        try:
            answer = connections.request("GET", self._url + path, headers=self._headers | conditional, redirect=False)
        except urllib3.exceptions.HTTPError:
            self._note(Reading(page, at, time.monotonic() - started, 0, path))
            return
        self._note(Reading(page, at, time.monotonic() - started, answer.status, path))
        if catalog:
            self._tag = answer.headers.get("ETag", "")


class Notes:
    """Writes what readers get, one line each."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lock = threading.Lock()

    def add(self, reading: Reading) -> None:
        """Write a line."""
        line = json.dumps([reading.page, round(reading.at, 3), round(reading.seconds, 4), reading.status, reading.path])
        with self._lock:
            self._file.write(line + "\n")


def readings(file: Path) -> list[Reading]:
    """What the readers have written; a line that is not complete yet is left out."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return [Reading(*json.loads(line)) for line in lines if line.endswith("\n")]


def main(url: str, token: str, people: int, seed: int, images: int, file: Path) -> None:
    """Let this number of people read until standard input ends."""
    with file.open("a", encoding="utf-8", buffering=1) as output:
        notes = Notes(output)
        for number in range(people):
            Reader(url, token, seed * 1000 + number, images, notes.add).start()
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), Path(sys.argv[6]))
