"""A real registry: Debian's docker-registry (CNCF distribution 2.8) on loopback."""

import contextlib
import secrets
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from tests.peers.exchange import Login
from tests.peers.process import LOOPBACK, port_answers, require, reserved_port, running
from tests.peers.token_server import TokenServer


@dataclass(frozen=True, slots=True)
class Notifications:
    """The address and the headers for the registry's events; the headers often contain a secret."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class DockerRegistry:
    """docker-registry with deletion enabled, with all its files in one folder.

    Attributes:
        login: who may do anything, when it asks for Basic authentication; else None.
        host: address and port, as image references name it.
        url: `http://` and the host.
    """

    def __init__(
        self,
        folder: Path,
        *,
        login: Login | None = None,
        tokens: TokenServer | None = None,
        notifications: Notifications | None = None,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            folder: an existing folder for configuration, images and log.
            login: ask for Basic authentication with it.
            tokens: send clients to this token server, which must be running already.
            notifications: where events go.

        Raises:
            PeerMissing: docker-registry, or htpasswd where it is needed, is not installed.
        """
        self._program = require("docker-registry", "docker-registry")
        self._htpasswd = require("htpasswd", "apache2-utils") if login else ""
        self.login = login
        self._folder, self._tokens, self._notifications = folder, tokens, notifications
        self._ends = contextlib.ExitStack()
        self.host = ""

    @property
    def url(self) -> str:
        """The registry's address, without a slash at the end."""
        return f"http://{self.host}"

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as ends:
            port = ends.enter_context(reserved_port())
            file = self._folder / "registry.yml"
            file.write_text(yaml.safe_dump(self._configuration(port)))
            self._process = ends.enter_context(self._serving(port))
            self._ends = ends.pop_all()
        self.host = f"{LOOPBACK}:{port}"
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._ends.close()

    def kill(self) -> None:
        """End it at once, as a power cut does; its address refuses connections until `revive`."""
        self._process.kill()
        self._process.wait()

    def revive(self) -> None:
        """Start it again at the same address, with the images that it has stored."""
        port = int(self.host.rpartition(":")[2])
        self._process = self._ends.enter_context(self._serving(port))

    def _serving(self, port: int) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
        command = [self._program, "serve", str(self._folder / "registry.yml")]
        return running(command, log=self._folder / "registry.log", ready=lambda: port_answers(port))

    def add_tags(self, repository: str, digest: str, tags: Iterable[str]) -> None:
        """Point tags at a pushed image by writing its files, because thousands of pushes take minutes."""
        manifests = self._folder / "images/docker/registry/v2/repositories" / repository / "_manifests"
        hashed = digest.replace(":", "/")
        for tag in tags:
            for place in (f"tags/{tag}/current", f"tags/{tag}/index/{hashed}"):
                link = manifests / place / "link"
                link.parent.mkdir(parents=True)
                link.write_text(digest)

    def _configuration(self, port: int) -> dict[str, object]:
        """Source: distribution's "Configuring a registry", for 2.8."""
        return {
            "version": 0.1,
            "log": {"level": "warn", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": str(self._folder / "images")},
                "delete": {"enabled": True},
                "maintenance": {"uploadpurging": {"enabled": False}},
            },
            "http": {"addr": f"{LOOPBACK}:{port}", "secret": secrets.token_hex(16)},
            **self._auth(),
            **self._events(),
        }

    def _auth(self) -> dict[str, object]:
        if self._tokens:
            token = {
                "realm": self._tokens.realm,
                "service": self._tokens.service,
                "issuer": self._tokens.issuer,
                "rootcertbundle": str(self._tokens.root_bundle),
            }
            return {"auth": {"token": token}}
        if self.login:
            file = self._folder / "htpasswd"
            file.write_bytes(self._password_line(self.login))
            return {"auth": {"htpasswd": {"realm": "test-registry", "path": str(file)}}}
        return {}

    def _password_line(self, login: Login) -> bytes:
        # -i reads the password from standard input, so that no process list shows it; -C 4 is the cheapest bcrypt.
        command = [self._htpasswd, "-niB", "-C", "4", login.user]
        return subprocess.run(command, input=login.password.encode(), check=True, capture_output=True).stdout

    def _events(self) -> dict[str, object]:
        if not self._notifications:
            return {}
        endpoint = {
            "name": "events",
            "url": self._notifications.url,
            "headers": {name: [value] for name, value in self._notifications.headers.items()},
            "timeout": "2s",
            "threshold": 3,
            "backoff": "100ms",
            "ignore": {"actions": ["pull"]},
        }
        return {"notifications": {"events": {"includereferences": True}, "endpoints": [endpoint]}}
