"""nginx as the peer for cached answers: its `proxy_cache` with the same token check, and one worker."""

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
class Server:
    """A running server: its address and its first process."""

    url: str
    pid: int


@contextlib.contextmanager
def nginx(folder: Path, upstream: str, token: str) -> Iterator[Server]:
    """Run nginx in front of an upstream until the end of the block; it answers 401 without the token.

    Args:
        folder: an existing folder for all its files, including the token.
        upstream: `http://host:port`.
        token: the token that requests need in X-Image-Factory-Token.

    Raises:
        PeerMissing: nginx is not installed.
        PeerFailed: it did not start.
    """
    program = shutil.which("nginx", path=_PLACES)
    if program is None:
        raise PeerMissing("nginx is missing: apt-get install nginx")
    with reserved_port() as port:
        file = folder / "nginx.conf"
        file.write_text(_configuration(folder, port, upstream, token), encoding="utf-8")
        command = [program, "-p", str(folder), "-c", str(file), "-e", "stderr"]
        with running(command, log=folder / "nginx.log", ready=lambda: port_answers(port)) as child:
            yield Server(f"http://{LOOPBACK}:{port}", child.pid)


def _configuration(folder: Path, port: int, upstream: str, token: str) -> str:
    """Source: nginx.org/en/docs, modules core, map, rewrite and proxy."""
    # If root starts nginx, its worker runs as another user, which may not have access to the folder.
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    temporary = "\n".join(f"  {kind}_temp_path {folder}/temporary-{kind};" for kind in _TEMPORARY)
    return f"""{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 512; }}
http {{
{temporary}
  access_log off;
  keepalive_requests 1000000000;
  proxy_cache_path {folder}/pages levels=1:2 keys_zone=pages:1m max_size=64m inactive=1h;
  map $http_x_image_factory_token $known {{ default 0; "{token}" 1; }}
  server {{
    listen {LOOPBACK}:{port};
    location / {{
      if ($known = 0) {{ return 401; }}
      proxy_pass {upstream};
      proxy_cache pages;
      proxy_cache_key $request_uri;
      proxy_cache_valid 200 1h;
      proxy_ignore_headers Cache-Control Expires;
    }}
  }}
}}
"""
