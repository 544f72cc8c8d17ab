"""A git server over https whose certificate this process trusts, so that it is sent tokens."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.peers.certificates import self_signed
from tests.peers.git_server import GitServer

Server = TypeVar("Server", bound=GitServer)


@contextlib.contextmanager
def private_forge(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Server]) -> Iterator[Server]:
    """A running server that requires a token; its repositories are in `folder/forge`."""
    trusted, private = self_signed("forge").write(folder, "forge")
    monkeypatch.setenv("GIT_SSL_CAINFO", str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    root = folder / "forge"
    root.mkdir()
    with kind(root, certificate=private) as running:
        yield running
