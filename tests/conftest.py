"""The peers that any test may ask for, properties without a stopwatch, and logging as it was."""

import gc
import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from proxy import unexpected
from tests.compiled_templates import keep_compiled
from tests.new_databases import repeat_migrations
from tests.peers.fixtures import (
    docker_hub,
    front,
    git_server,
    github,
    gitlab,
    registry,
    registry_with_htpasswd,
    registry_with_tokens,
    slack,
    token_server,
)
from tests.requirements_table import DOCUMENT, keywords, read_criteria
from tests.spreading import ByFile

__all__ = [
    "docker_hub",
    "front",
    "git_server",
    "github",
    "gitlab",
    "registry",
    "registry_with_htpasswd",
    "registry_with_tokens",
    "slack",
    "token_server",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let `-k req_7_4` select the tests that docs/requirements.md names for criterion 7.4."""
    # Mutation testing copies the tests without the documents.
    text = DOCUMENT.read_text("utf-8") if DOCUMENT.exists() else ""
    known = keywords(read_criteria(text))
    for item in items:
        item.extra_keyword_matches.update(known.get(item.nodeid.partition("[")[0], ()))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """Give whole files to the processes: xdist's own groups do nothing with pytest 9.2, which ignores its names."""
    return ByFile(config, log)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was collected until now: it stays until the end."""
    gc.collect()
    gc.freeze()


def pytest_configure() -> None:
    """Let no property fail for a busy machine's slowness, and keep what the profile in force says otherwise."""
    in_force = settings.get_profile(settings.get_current_profile_name())
    settings.register_profile("unhurried", in_force, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def migrations_repeated() -> Iterator[None]:
    """The migrations run once for each process that runs tests; thousands of them need a new database."""
    end = repeat_migrations()
    yield
    end()


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    """Applications of the same process share what was compiled; thousands of tests make a new one."""
    end = keep_compiled()
    yield
    end()


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


@pytest.fixture(autouse=True)
def no_error_is_logged_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is logged once for each process; here once for each test, whichever tests ran before."""
    monkeypatch.setattr(unexpected, "_logged", unexpected._Logged())
