"""Requests with a key have one effect."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from provider.enrolling_ports import KeyedAnswer, KeyedRequest, KeyState
from provider.services.enrolling.once import Busy, once
from provider.store.engine import migrate, open_engine
from provider.store.operations.keyed_requests import SqlKeyedRequests
from tests.provider.web_images import NOW

REQUEST = KeyedRequest("mia", "key", "digest")


@pytest.fixture(name="keys")
def made_keys(tmp_path: Path) -> Iterator[SqlKeyedRequests]:
    """The answers, in a database."""
    engine: Engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)
    yield SqlKeyedRequests(engine)
    engine.dispose()


class Acts:
    """Counts what was done."""

    def __init__(self, keys: SqlKeyedRequests) -> None:
        self.keys = keys
        self.done = 0

    def send(self, request: KeyedRequest = REQUEST) -> str | Busy:
        """Send the request."""
        return once(self.keys, request, NOW, self._act, lambda text: KeyedAnswer(200, text), lambda known: known.body)

    def fail(self) -> None:
        """Send it, and fail."""
        once(self.keys, REQUEST, NOW, self._failing, lambda text: KeyedAnswer(200, text), lambda known: known.body)

    def _act(self) -> str:
        self.done += 1
        return f"answer {self.done}"

    def _failing(self) -> str:
        self.done += 1
        raise ValueError("no")


def test_the_same_request_gets_the_same_answer(keys: SqlKeyedRequests) -> None:
    """It is carried out once; another caller's key is another one."""
    acts = Acts(keys)
    assert [acts.send(), acts.send(), acts.send()] == ["answer 1"] * 3
    assert acts.send(KeyedRequest("joe", "key", "digest")) == "answer 2"


def test_a_key_of_another_request_and_one_that_runs_do_nothing(keys: SqlKeyedRequests) -> None:
    """The caller learns which of the two it is."""
    acts = Acts(keys)
    keys.begin(REQUEST, NOW)
    assert acts.send() is KeyState.RUNNING
    assert acts.send(KeyedRequest("mia", "key", "other")) is KeyState.OTHER
    assert acts.done == 0


def test_what_failed_may_be_sent_again(keys: SqlKeyedRequests) -> None:
    """Only answers are kept."""
    acts = Acts(keys)
    with pytest.raises(ValueError, match="no"):
        acts.fail()
    assert acts.send() == "answer 2"
