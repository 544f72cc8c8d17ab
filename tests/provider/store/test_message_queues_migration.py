"""The migration to queues of messages, on rows of earlier versions."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text

from provider.notifications.queue_state import QueueState
from provider.store.engine import migrate, migrations, open_engine, writing
from provider.store.operations.message_queues import SqlMessageQueues
from provider.store.outbox import SqlOutbox
from tests.databases import KINDS, new_database
from tests.provider.store.samples import NOW

_INSERT = text(
    "INSERT INTO outbox (id, kind, subject, pending, not_before, put_at, tried, revision, receipt, problem, body)"
    " VALUES (:id, 'rebuild', 'portal', :pending, :put_at, :put_at, :tried, 2, :receipt, :problem, '{}')"
)


@pytest.fixture(name="engine", params=KINDS)
def made_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as the version before the queues left it."""
    with new_database(request.param, tmp_path) as address:
        engine = open_engine(address)
        with writing(engine) as connection:
            config = migrations()
            config.attributes["connection"] = connection
            command.upgrade(config, "0022")
        yield engine
        engine.dispose()


def test_messages_of_earlier_versions_stay_in_their_order(engine: Engine) -> None:
    """What Slack refused then is due again after a start, before later messages; what arrived is not sent again."""
    rows = [
        ("refused", False, True, None, "Slack's chat.postMessage refused the request: not_in_channel"),
        ("arrived", False, False, "C0BUILDS001/1.2", None),
        ("waiting", True, False, None, None),
    ]
    with writing(engine) as connection:
        for minute, (name, pending, tried, receipt, problem) in enumerate(rows):
            put_at = (NOW + timedelta(minutes=minute)).strftime("%Y-%m-%d %H:%M:%S.%f")
            values = {"pending": pending, "tried": tried, "receipt": receipt, "problem": problem}
            connection.execute(_INSERT, {"id": name, "put_at": put_at, **values})
    migrate(engine)
    outbox = SqlOutbox(engine)

    assert [message.id for message in outbox.due(9)] == ["waiting"]
    (figures,) = SqlMessageQueues(engine).figures()
    assert (figures.waiting, figures.oldest, len(figures.refusals)) == (1, NOW + timedelta(minutes=2), 1)
    assert outbox.state() == QueueState()
    outbox.take_up_refused()
    assert [(message.id, message.tried) for message in outbox.due(9)] == [("refused", True), ("waiting", False)]
