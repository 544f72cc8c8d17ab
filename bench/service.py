"""Our contestant for cached answers: `image-factory serve` without a worker, with a database that has the images."""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import urllib3

from bench.nginx import Server
from catalog.image import Image
from provider.store.engine import migrate, open_engine
from provider.store.images import SqlImageIndex
from tests.peers.process import LOOPBACK, reserved_port, running


@contextlib.contextmanager
def service(folder: Path, images: Iterable[Image], token: str, settings: Mapping[str, str]) -> Iterator[Server]:
    """Run the real command in a separate process until the end of the block.

    Args:
        folder: an existing folder for its database and its output.
        images: the images in its database.
        token: a token with read access.
        settings: additional settings by name.

    Raises:
        PeerFailed: it did not start.
    """
    database = f"sqlite:///{folder / 'service.db'}"
    _fill(database, images)
    with reserved_port() as port:
        url = f"http://{LOOPBACK}:{port}"
        ours = {key: value for key, value in os.environ.items() if not key.startswith("IMAGE_FACTORY_")}
        environment = ours | {
            "IMAGE_FACTORY_DATABASE_URL": database,
            "IMAGE_FACTORY_API_TOKENS": f"bench:read:{token}",
            "IMAGE_FACTORY_REGISTRY_AUTH_FILE": str(folder / "no-credentials.json"),
            **settings,
        }
        command = [sys.executable, "-m", "provider", "serve", "--no-worker", "--port", str(port)]
        log = folder / "service.log"
        with running(command, log=log, ready=lambda: _alive(url), environment=environment) as child:
            yield Server(url, child.pid)


def _fill(database: str, images: Iterable[Image]) -> None:
    engine = open_engine(database)
    try:
        migrate(engine)
        SqlImageIndex(engine).replace(images, {})
    finally:
        engine.dispose()


def _alive(url: str) -> bool:
    try:
        return urllib3.request("GET", f"{url}/healthz", retries=False, timeout=5.0).status == 200
    except urllib3.exceptions.HTTPError:
        return False
