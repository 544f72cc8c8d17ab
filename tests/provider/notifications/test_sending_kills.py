"""A sender that is killed at any moment of sending a message: Slack gets the message once."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from provider.store.engine import migrate, open_engine
from provider.store.outbox import SqlOutbox
from provider.store.outbox import outbox as rows
from tests.peers.slack.server import Slack
from tests.provider.config_repo.repositories import PROJECT
from tests.provider.notifications.channels.samples import failure, release, releases
from tests.provider.notifications.killed_sender import MOMENTS


def run(database: str, slack: Slack, moment: str) -> int:
    """Run a sender; returns the exit code of its process."""
    command = [sys.executable, "-m", "tests.provider.notifications.killed_sender", database, slack.api_url, slack.token]
    ended = subprocess.run([*command, moment], cwd=PROJECT, capture_output=True, check=False)
    assert b"Traceback" not in ended.stderr, ended.stderr.decode()
    return ended.returncode


@pytest.mark.parametrize("moment", MOMENTS)
def test_slack_gets_each_message_once(moment: str, slack: Slack, tmp_path: Path) -> None:
    """The next process finds messages that were sent, and sends the others."""
    slack.apart = 0
    database = f"sqlite:///{tmp_path / 'index.db'}"
    engine = open_engine(database)
    migrate(engine)
    for number, message in enumerate((releases(release()), failure("portal"))):
        SqlOutbox(engine).put(message, datetime.now(UTC) - timedelta(seconds=60 - number))

    assert run(database, slack, moment) == -signal.SIGKILL
    assert len(slack.messages) == (moment in ("after-send", "after-sent"))
    assert run(database, slack, "never") == 0

    sent = [message.metadata["event_payload"]["id"] for message in slack.messages if message.metadata]
    assert sent == ["releases:7:1", "failure:error:1"]
    with engine.connect() as connection:
        receipts = connection.scalars(select(rows.c.receipt).order_by(rows.c.put_at)).all()
    assert receipts == [f"{slack.builds.id}/{each.ts}" for each in slack.messages]
    engine.dispose()
