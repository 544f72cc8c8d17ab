"""Messages that were sent between a backup and the loss of the database."""

from datetime import timedelta
from pathlib import Path

import pytest

from provider.composition.backing_up.backup import back_up
from provider.composition.backing_up.restore import restore_backup
from provider.services.progress import no_progress
from tests.peers.slack.server import Slack
from tests.provider.composition.test_messages import Sender


@pytest.mark.parametrize("waiting", [1, 3])
def test_what_was_sent_since_the_backup_is_not_sent_again(
    waiting: int, slack: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits in the backup, and is found in the channel; what was never sent arrives once."""
    monkeypatch.chdir(tmp_path)
    sender = Sender(slack, tmp_path, monkeypatch)
    try:
        versions = [f"1.{number}.0" for number in range(waiting)]
        sender.put("1.0.0-before")
        sender.work_until(sender.now + timedelta(minutes=5))
        sender.put(*versions)
        settings, file = sender.parts.settings, tmp_path / "backup.zip"
        back_up(settings, file, sender.now, no_progress)
        sender.work_until(sender.now + timedelta(minutes=1))
        assert sender.sent == ["1.0.0-before", *versions]

        sender.parts.close()
        for lost in tmp_path.glob("factory.db*"):
            lost.unlink()
        restore_backup(settings, file, sender.now, no_progress, replaces=False)
        sender.start()
        sender.put("2.0.0")
        sender.work_until(sender.now + timedelta(minutes=10))
        assert sender.sent == ["1.0.0-before", *versions, "2.0.0"]
    finally:
        sender.parts.close()
