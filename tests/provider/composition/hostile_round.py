"""A round of a worker in a process of its own, and what it took: `hostile_round.py IMAGE...`.

The settings are the environment's; the file NAMES lists all images. During a second round the versions of the named
images are read. The result is one JSON object: the digest and error of each image, the answers for versions, the
seconds of the first round, and the growth of the process in bytes.
"""

import json
import resource
import sys
import threading
import time
from functools import partial
from os import environ
from pathlib import Path

from provider.composition import parts as composition
from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.composition.worker import open_worker
from provider.settings import read_settings
from proxy.http.transport import Transport

WHOLE_SECONDS = 3.0
"""Requests end sooner than in production, so that the test does too."""


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(names: list[str]) -> None:
    """Run, and print the result."""
    setattr(composition, "Transport", partial(Transport, whole_seconds=WHOLE_SECONDS))  # noqa: B010 - a type is no value
    answers: dict[str, str] = {}
    with Parts.open(read_settings(environ)) as parts, open_worker(parts) as worker:
        client = web_app(parts).test_client()
        before, began = peak(), time.monotonic()
        worker.round()
        seconds = time.monotonic() - began

        def read(name: str) -> None:
            # A reader waits 20 seconds for a first list, which a busy machine may need longer for.
            for _ in range(5):
                answers[name] = client.get(f"/api/v1/images/{name}/versions?refresh=true").get_data(as_text=True)
                if "still being read" not in answers[name]:
                    return

        readers = [threading.Thread(target=read, args=(name,)) for name in names]
        for reader in readers:
            reader.start()
        worker.check([])
        for reader in readers:
            reader.join()
        grown = peak() - before
        shown = {name: parts.index.image(name) for name in Path(environ["NAMES"]).read_text("utf-8").split()}
    found = {
        name: [str(image.digest or ""), image.last_error.message if image.last_error else ""]
        for name, image in shown.items()
        if image
    }
    print(json.dumps({"found": found, "answers": answers, "seconds": seconds, "grown": grown}))


if __name__ == "__main__":
    main(sys.argv[1:])
