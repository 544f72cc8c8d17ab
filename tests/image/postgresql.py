"""A temporary PostgreSQL on loopback for containers, from the packages of Debian."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.peers.process import LOOPBACK, PeerMissing, port_answers, reserved_port, running

_SECONDS = 120


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a server with a password, which ends with the block.

    Raises:
        PeerMissing: it is not installed.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise PeerMissing("PostgreSQL is missing: apt-get install postgresql")
    programs = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="image-factory-pg-"))
    data, password = folder / "data", secrets.token_hex(16)
    (folder / "password").write_text(password)
    # The server refuses to run as root.
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_owner:
        shutil.chown(folder, "postgres")
        shutil.chown(folder / "password", "postgres")
    secret = f"--pwfile={folder / 'password'}"
    made = ("--auth=scram-sha-256", secret, "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={data}")
    initdb = [*as_owner, str(programs / "initdb"), "--username=postgres", *made]
    try:
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder, timeout=_SECONDS)
        with reserved_port() as port:
            options = {"listen_addresses": LOOPBACK, "port": port, "unix_socket_directories": folder, "fsync": "off"}
            settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
            server = [*as_owner, str(programs / "postgres"), "-D", str(data), *settings]
            with running(server, log=folder / "log", ready=partial(port_answers, port)):
                yield f"postgresql+psycopg://postgres:{password}@{LOOPBACK}:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
