"""A sender that is killed at any moment of sending a message: Slack gets the message once."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import groupby
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

IN_FLIGHT = "in-flight"
IDS = ["releases:7:1", "failure:error:1"]


class Killed:
    """A service with two messages, whose sender runs in separate processes."""

    def __init__(self, slack: Slack, folder: Path) -> None:
        slack.apart = 0
        self.slack = slack
        self.database = f"sqlite:///{folder / 'index.db'}"
        self.engine = open_engine(self.database)
        migrate(self.engine)
        for number, message in enumerate((releases(release()), failure("portal"))):
            SqlOutbox(self.engine).put(message, datetime.now(UTC) - timedelta(seconds=60 - number))

    def run(self, moment: str) -> int:
        """Run a sender, which is killed at the moment; returns the exit code of its process."""
        command = [sys.executable, "-m", "tests.provider.notifications.killed_sender", moment]
        settings = {
            "IMAGE_FACTORY_DATABASE_URL": self.database,
            "IMAGE_FACTORY_SLACK_TOKEN": self.slack.token,
            "IMAGE_FACTORY_SLACK_CHANNEL": "builds",
            "IMAGE_FACTORY_SLACK_API_URL": self.slack.api_url,
        }
        process = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **settings}, stderr=subprocess.PIPE)
        if moment == IN_FLIGHT:
            self.slack.before_answer = lambda method: process.kill() if method == "chat.postMessage" else None
        _, errors = process.communicate(timeout=120)
        self.slack.before_answer = lambda _: None
        assert b"Traceback" not in errors, errors.decode()
        return process.returncode

    @property
    def sent(self) -> list[str]:
        """The ids of the messages in the channel, in order."""
        return [message.metadata["event_payload"]["id"] for message in self.slack.messages if message.metadata]


@pytest.mark.parametrize("moment", [*MOMENTS, IN_FLIGHT])
def test_slack_gets_each_message_once(moment: str, slack: Slack, tmp_path: Path) -> None:
    """The next process finds messages that were sent, and sends the others."""
    killed = Killed(slack, tmp_path)
    assert killed.run(moment) == -signal.SIGKILL
    assert len(slack.messages) == (moment in ("after-send", "after-sent", IN_FLIGHT))
    assert killed.run("never") == 0

    assert killed.sent == IDS
    with killed.engine.connect() as connection:
        receipts = connection.scalars(select(rows.c.receipt).order_by(rows.c.put_at)).all()
    assert receipts == [f"{slack.builds.id}/{each.ts}" for each in slack.messages]
    killed.engine.dispose()


@pytest.mark.parametrize("moment", [*MOMENTS, IN_FLIGHT])
def test_tracker_with_chat_write_alone_slack_gets_each_message_at_least_once(
    moment: str, slack: Slack, tmp_path: Path
) -> None:
    """The history cannot be read, so the message that may have arrived is sent again, before the others."""
    slack.scopes = {"chat:write"}
    killed = Killed(slack, tmp_path)
    assert killed.run(moment) == -signal.SIGKILL
    assert killed.run("never") == 0

    assert [name for name, _ in groupby(killed.sent)] == IDS
    assert len(killed.sent) == (3 if moment in ("after-send", IN_FLIGHT) else 2)
    killed.engine.dispose()
