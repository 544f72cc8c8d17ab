"""One HTTP request through `git http-backend`, git's own CGI program."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tests.peers.exchange import Answer, Request


class GitBackend:
    """Serves the repositories under one folder."""

    def __init__(self, git: str, environment: Mapping[str, str], root: Path) -> None:
        exec_path = subprocess.run([git, "--exec-path"], check=True, capture_output=True, text=True).stdout.strip()
        self._program = str(Path(exec_path) / "git-http-backend")
        self._environment = {**environment, "GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1"}

    def answer(self, request: Request, path: str) -> Answer:
        """The backend's answer; `path` is the repository's folder and the rest of the path, from the root.

        Source of the variables: git-http-backend(1) and RFC 3875.
        """
        variables = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": path,
            "QUERY_STRING": urlsplit(request.target).query,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "peer",
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(
            [self._program], input=request.body, env=self._environment | variables, check=False, capture_output=True
        )
        # git fails on requests that make no sense, often with nothing to say but this.
        return _parsed(done.stdout) if done.stdout else Answer(500, done.stderr)


def _parsed(output: bytes) -> Answer:
    head, _, body = output.partition(b"\r\n\r\n")
    pairs = (line.partition(": ") for line in head.decode("latin-1").split("\r\n"))
    headers = {name: value for name, _, value in pairs}
    status = headers.pop("Status", "200 OK")
    return Answer(int(status.split()[0]), body, tuple(headers.items()))
