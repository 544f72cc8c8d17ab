"""Another real registry: zuul-registry, which shares no code with docker-registry, on loopback.

It differs where registries differ: it answers no If-None-Match, lists the digests of children among the tags, has one
store of blobs for all repositories, and answers an unknown repository with an empty list of tags.
"""

import contextlib
import json
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from tests.peers.exchange import Login
from tests.peers.process import LOOPBACK, PeerMissing, port_answers, reserved_port, running

# `make test` installs it here, with the versions of requirements/peers.lock.
PROGRAM = Path(__file__).parents[2] / ".venv-peers" / "bin" / "zuul-registry"


class ZuulRegistry:
    """zuul-registry with tokens from its own token server, with all its files in one folder.

    Attributes:
        login: who may push.
        host: address and port, as image references name it.
    """

    def __init__(self, folder: Path, *, login: Login, private: bool = False) -> None:
        """Prepare; nothing runs yet.

        Args:
            folder: an existing folder for configuration, images and log.
            login: who may push, and pull from a private registry.
            private: whether pulls need a login too.

        Raises:
            PeerMissing: zuul-registry is not installed.
        """
        if not PROGRAM.exists():
            raise PeerMissing(f"{PROGRAM} is missing: make .venv-peers/ready")
        self.login = login
        self._folder, self._private = folder, private
        self._port = contextlib.ExitStack()
        self._process = contextlib.ExitStack()
        self._file = folder / "zuul-registry.yaml"
        self.host = ""

    @property
    def url(self) -> str:
        """The registry's address, without a slash at the end."""
        return f"http://{self.host}"

    def __enter__(self) -> Self:
        port = self._port.enter_context(reserved_port())
        self.host = f"{LOOPBACK}:{port}"
        self._file.write_text(yaml.safe_dump({"registry": self._configuration(port)}))
        self.up()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.down()
        self._port.close()

    def up(self) -> None:
        """Start the process, on the same port as before."""
        port = int(self.host.rpartition(":")[2])
        command = [str(PROGRAM), "-c", str(self._file), "serve"]
        log = self._folder / "zuul-registry.log"
        self._process.enter_context(running(command, log=log, ready=lambda: port_answers(port)))

    def down(self) -> None:
        """Stop the process: connections are refused."""
        self._process.close()

    def remove(self, repository: str, digest: str) -> None:
        """Remove an image and every tag on it, as its own clean-up does: its API has no way to delete."""
        self.lose(digest)
        for tag in (self._stored / "repos" / repository / "manifests").iterdir():
            if digest in json.loads(tag.read_text()).values():
                tag.unlink()

    def lose(self, digest: str) -> None:
        """Remove an image, and leave the tags on it in the list of tags."""
        shutil.rmtree(self._stored / "blobs" / digest)

    @property
    def _stored(self) -> Path:
        return self._folder / "zuul-images" / "_local"

    def _configuration(self, port: int) -> dict[str, object]:
        """Source: zuul-registry's README and sample configuration, for 1.3."""
        users = [{"name": self.login.user, "pass": self.login.password, "access": "write"}]
        if self._private:
            users.append({"name": "reader", "pass": secrets.token_hex(8), "access": "read"})
        return {
            "address": LOOPBACK,
            "port": port,
            "public-url": f"http://{LOOPBACK}:{port}",
            "secret": secrets.token_hex(16),
            "users": users,
            "storage": {"driver": "filesystem", "root": str(self._folder / "zuul-images")},
        }
