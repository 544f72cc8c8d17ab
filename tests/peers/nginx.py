"""nginx, for what no server of the standard library speaks: HTTP/2, and client certificates."""

import contextlib
import os
import pwd
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.peers.process import LOOPBACK, PeerMissing, port_answers, reserved_port, running

# Debian installs it in a folder that only root's PATH has.
_PLACES = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True, slots=True)
class NginxRequest:
    """A line of its log: the protocol (`h2`, or empty) and the number of the connection that a request came by."""

    connection: int
    protocol: str
    line: str


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running nginx.

    Attributes:
        port: that it serves on loopback.
        log: the file with a line for each request.
        pid: its first process.
    """

    port: int
    log: Path
    pid: int

    @property
    def host(self) -> str:
        """Address and port."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def requests(self) -> list[NginxRequest]:
        """What was answered so far."""
        parts = (line.split("|", 2) for line in self.log.read_text(encoding="utf-8").splitlines())
        return [NginxRequest(int(number), protocol, line) for number, protocol, line in parts]

    @property
    def connections(self) -> set[int]:
        """The connections by which requests came."""
        return {request.connection for request in self.requests}


def nginx_program() -> str:
    """The path of the program.

    Raises:
        PeerMissing: it is not installed.
    """
    program = shutil.which("nginx", path=_PLACES)
    if program is None:
        raise PeerMissing("nginx is missing: apt-get install nginx")
    return program


@contextlib.contextmanager
def nginx(folder: Path, certificate: Path, *lines: str, listens: str = "ssl http2") -> Iterator[Nginx]:
    """Run nginx with TLS until the end of the block.

    Args:
        folder: an existing folder for all its files.
        certificate: a PEM file with key and certificate.
        lines: the directives of its server, for example `location / { return 200; }`.
        listens: the options of its port.

    Raises:
        PeerMissing: nginx is not installed.
        PeerFailed: it did not start.
    """
    program, log = nginx_program(), folder / "requests.log"
    log.touch()
    with reserved_port() as port:
        file = folder / "nginx.conf"
        listen = f"listen {LOOPBACK}:{port} {listens};"
        file.write_text(_configuration(folder, log, certificate, (listen, *lines)), encoding="utf-8")
        command = [program, "-p", str(folder), "-c", str(file), "-e", "stderr"]
        with running(command, log=folder / "nginx.log", ready=lambda: port_answers(port)) as child:
            yield Nginx(port, log, child.pid)


def nginx_user() -> str:
    """The directive that keeps its worker this process's user: another one may not read the folder."""
    return f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""


def _configuration(folder: Path, log: Path, certificate: Path, lines: tuple[str, ...]) -> str:
    """Source: nginx.org/en/docs, modules core, ssl, v2 and log."""
    temporary = "\n".join(f"  {kind}_temp_path {folder}/temporary-{kind};" for kind in _TEMPORARY)
    server = "\n".join(f"    {line}" for line in lines)
    return f"""{nginx_user()}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
{temporary}
  log_format counted "$connection|$http2|$request";
  access_log {log} counted;
  keepalive_requests 1000000000;
  server {{
    ssl_certificate {certificate};
    ssl_certificate_key {certificate};
{server}
  }}
}}
"""
