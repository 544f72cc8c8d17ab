"""A PostgreSQL of the soak's own: its data and its socket are in a folder, and it listens at no port."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from soak.world.processes import Program, Supervised
from tests.peers.process import PeerMissing

_OWNER = "postgres"
_DATABASE = "postgres"
_SOCKET = ".s.PGSQL.5432"
# What is committed survives a kill of the server: the system has its pages. A power cut is not part of the soak.
_OPTIONS = {"listen_addresses": "", "fsync": "off", "max_connections": "200", "log_checkpoints": "off"}


class Postgresql:
    """A context manager: makes the cluster, and starts the server.

    Attributes:
        process: to kill and start again.
        url: of its database, as IMAGE_FACTORY_DATABASE_URL.
    """

    def __init__(self, logs: Path) -> None:
        """Prepare; nothing runs yet.

        Raises:
            PeerMissing: PostgreSQL is not installed.
        """
        self._programs = _programs()
        self._logs = logs

    def __enter__(self) -> Self:
        # A short path, because a socket is created in it.
        self._folder = Path(tempfile.mkdtemp(prefix="image-factory-soak-pg."))
        owner = _OWNER if os.geteuid() == 0 else None
        if owner:
            account = pwd.getpwnam(owner)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        data = self._folder / "data"
        settings = [part for name, value in _OPTIONS.items() for part in ("-c", f"{name}={value}")]
        subprocess.run(
            [
                str(self._programs / "initdb"),
                f"--pgdata={data}",
                f"--username={_OWNER}",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ],
            check=True,
            capture_output=True,
            cwd=self._folder,
            user=owner,
            group=owner,
            extra_groups=[] if owner else None,
        )
        command = [str(self._programs / "postgres"), "-D", str(data), "-c", f"unix_socket_directories={self._folder}"]
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        self.process = Supervised(
            Program("postgresql", [*command, *settings], self._logs, environment, self._answers, owner)
        )
        self.url = f"postgresql+psycopg://{_OWNER}@/{_DATABASE}?host={self._folder}"
        self.process.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.process.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        ready = [str(self._programs / "pg_isready"), f"--host={self._folder}", "--quiet"]
        return _listens(self._folder / _SOCKET) and subprocess.run(ready, check=False).returncode == 0


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _programs() -> Path:
    """Debian has the programs of each version in a folder of its own, which is not in PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: path.parts[4].zfill(4))
    if found:
        return found[-1].parent
    if program := shutil.which("postgres"):
        return Path(program).parent
    raise PeerMissing("postgres is missing: apt-get install postgresql")
