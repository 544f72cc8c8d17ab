"""Tests of the answers to requests with keys."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from provider.enrolling_ports import KeyedAnswer, KeyedRequest, KeyState
from provider.store.operations.keyed_requests import SqlKeyedRequests

NOW = datetime(2026, 3, 1, tzinfo=UTC)
REQUEST = KeyedRequest("jane", "k", "digest")
ANSWER = KeyedAnswer(201, "{}")


def test_a_request_runs_once_and_its_answer_is_repeated(engine: Engine) -> None:
    """Until it is answered, the same request elsewhere is told that it is running."""
    keys = SqlKeyedRequests(engine)

    assert keys.begin(REQUEST, NOW) is KeyState.BEGUN
    assert SqlKeyedRequests(engine).begin(REQUEST, NOW) is KeyState.RUNNING
    assert keys.begin(replace(REQUEST, digest="other"), NOW) is KeyState.OTHER
    keys.answered(REQUEST, ANSWER)
    assert keys.begin(REQUEST, NOW + timedelta(hours=23)) == ANSWER
    assert keys.begin(replace(REQUEST, digest="other"), NOW) is KeyState.OTHER
    assert keys.begin(replace(REQUEST, caller="bob"), NOW) is KeyState.BEGUN
    assert keys.begin(replace(REQUEST, key="K"), NOW) is KeyState.BEGUN


@pytest.mark.parametrize(("answered", "after"), [(True, timedelta(days=1)), (False, timedelta(minutes=5))])
def test_an_old_answer_and_an_interrupted_request_are_forgotten(
    engine: Engine, after: timedelta, *, answered: bool
) -> None:
    """After a day, and after five minutes without an answer: the process may have been killed."""
    keys = SqlKeyedRequests(engine)
    keys.begin(REQUEST, NOW)
    if answered:
        keys.answered(REQUEST, ANSWER)

    assert keys.begin(REQUEST, NOW + after - timedelta(seconds=1)) is not KeyState.BEGUN
    assert keys.begin(REQUEST, NOW + after) is KeyState.BEGUN


def test_a_request_without_effect_is_forgotten(engine: Engine) -> None:
    """It begins again, also with another body."""
    keys = SqlKeyedRequests(engine)
    keys.begin(REQUEST, NOW)
    keys.forget(REQUEST)

    assert keys.begin(replace(REQUEST, digest="other"), NOW) is KeyState.BEGUN


def test_old_keys_are_removed_when_a_new_one_begins(engine: Engine) -> None:
    """The table does not grow for ever."""
    keys = SqlKeyedRequests(engine)
    for number in range(5):
        keys.begin(replace(REQUEST, key=str(number)), NOW + timedelta(days=2 * number))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from keyed_requests").scalar() == 1
