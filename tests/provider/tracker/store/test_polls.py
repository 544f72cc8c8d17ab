"""Tests of writing the results of polls."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from provider.store.outbox import SqlOutbox
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import UnchangedList
from provider.tracker.store.tracker_store import SqlTrackerStore
from tests.contracts.tracker_subjects import NOW, fields, polled


class Ended(RuntimeError):
    """Stands for the end of the process."""


def test_200_repositories_are_one_transaction(engine: Engine) -> None:
    """401 results are three commits: a commit for each result is about fifty times slower."""
    store = SqlTrackerStore(engine)
    ids = store.add_all([fields(f"acme/app-{number}") for number in range(401)], NOW)
    results = [polled(store, number, ["1.0.0"]) for number in ids]
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)
    store.record(results)

    assert len(commits) == 3
    assert store.counts().releases == 401


def test_an_unchanged_poll_writes_no_release(engine: Engine) -> None:
    """It writes only the row of the repository, and counts the poll."""
    store = SqlTrackerStore(engine)
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    store.record([polled(store, number, UnchangedList(), NOW + timedelta(hours=1))])

    assert [one for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))] == [
        one for one in statements if one.startswith(("UPDATE tracked_repositories", "INSERT INTO tracked_poll_counts"))
    ]


def test_tracker_a_message_is_stored_with_its_releases_or_not_at_all(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the process ends between the two, neither is stored, and the next poll finds the release again."""
    store = SqlTrackerStore(engine)
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    result = polled(store, number, ["1.0.0", "1.1.0"], NOW + timedelta(hours=1))

    def end(*_: object) -> None:
        raise Ended

    with monkeypatch.context() as patched:
        patched.setattr("provider.tracker.store.waiting.message_values", end)
        with pytest.raises(Ended):
            store.record([result])
    assert store.count_releases(number) == 1
    store.record([result])
    assert store.count_releases(number) == 2
    assert len(SqlOutbox(engine).due(10)) == 1


def test_a_message_names_the_type_as_the_api_does(engine: Engine) -> None:
    """A message names the type of the repository as the API does."""
    store = SqlTrackerStore(engine)
    number = store.add(fields("ghcr.io/acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    store.record([polled(store, number, ["1.0.0", "2.0.0"])])

    (message,) = SqlOutbox(engine).due(10)
    assert message.body["repository"] == {
        "id": number,
        "name": "app",
        "url": "ghcr.io/acme/app",
        "type": RepositoryType.CONTAINER.value,
        "path": "ghcr.io/acme/app",
        "page": "https://github.com/orgs/acme/packages/container/package/app",
    }
