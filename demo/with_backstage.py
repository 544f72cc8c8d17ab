"""`make backstage`: the service, its peers and Backstage with sample images, until it is stopped."""

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from demo.connected import PROXY_TOKEN, Connected, connected
from demo.images import NAMES
from demo.sample_history import add_history
from tests.peers.backstage import BackstageError
from tests.peers.process import PeerFailed, PeerMissing

_SIGNALS_SECONDS = 0.5
_ADDRESSES = """
Backstage     {backstage}
  jane        belongs to the team that owns the images: she may rebuild, hold, change and enroll them
  joe         belongs to another team: he may look at everything
  guest       as jane, without an account
Pages         {backstage}/image-factory
              {backstage}/catalog/default/resource/portal
The service   {service}/images
              the header X-Image-Factory-Token: {token} may read
Links to github.com lead nowhere: this world has a GitHub of its own.
To move a base image (node:22), send SIGUSR1: kill -USR1 {pid}
Press Ctrl-C, or send SIGTERM, to stop."""


def main() -> int:
    """Start everything, print the addresses, and wait; returns 1 if something could not be started."""
    with tempfile.TemporaryDirectory(prefix="image-factory-backstage-") as folder:
        try:
            print("Starting a registry, a git server, GitHub, the service and Backstage; this takes half a minute.")
            with connected(Path(folder)) as running:
                for name in NAMES:
                    add_history(running.world, name)
                _stay(running)
        except (PeerMissing, PeerFailed, BackstageError) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def _stay(running: Connected) -> None:
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    signal.signal(signal.SIGUSR1, lambda *_: print(f"node:22 is now {running.world.move().digest}", flush=True))
    text = _ADDRESSES.format(
        backstage=running.backstage.url, service=running.world.url, token=PROXY_TOKEN, pid=os.getpid()
    )
    print(text, flush=True)
    # A signal that the system delivers to another thread is handled when this one does anything.
    while not stopped.wait(_SIGNALS_SECONDS):
        pass


if __name__ == "__main__":
    sys.exit(main())
