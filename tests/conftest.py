"""The peers that any test may ask for, and logging that no test changes for the next."""

import logging
from collections.abc import Iterator

import pytest

from tests.peers.fixtures import (
    front,
    git_server,
    github,
    registry,
    registry_with_htpasswd,
    registry_with_tokens,
    token_server,
)

__all__ = [
    "front",
    "git_server",
    "github",
    "registry",
    "registry_with_htpasswd",
    "registry_with_tokens",
    "token_server",
]


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """The command line sets up logging for its whole process; here that ends with the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
