"""A message to people; every channel sends the same one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MessageKind(StrEnum):
    """The topic of a message."""

    RELEASES = "releases"
    REBUILD = "rebuild"
    FAILURE = "failure"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Message:
    """A message for the channel.

    Attributes:
        id: unique; the same for every revision of the message.
        subject: the name of the repository or the image.
        body: JSON values. Of kind `releases`: `repository` {id, name, url, type, path, page}, `latest` {version, url}
            and `releases` [{version, date, notes, url, hash, prerelease, channel, change, previousHash, variants}], the
            highest first; long notes are cut; `count` is the number of releases, if not all are in it. Of kind
            `summary`: `repositories`, bodies of kind `releases` without notes, their `count`, which may be higher, and
            whether it is the `daily` one. Of kind `rebuild`: see `rebuild_body`. Of kind `failure`: `title`, `over`,
            `count` and `items` [{name, message, page}]; `name` and `message` may be empty.
        receipt: the channel's id of the message if it was sent before; it is then updated.
        tried: sending began and its outcome is unknown; the channel is searched for it before it is sent again.
        revision: increases with every new body.
        put_at: when it was put into the outbox.
    """

    id: str
    kind: MessageKind
    subject: str
    body: Mapping[str, object] = field(default_factory=dict)
    receipt: str | None = None
    tried: bool = False
    revision: int = 1
    put_at: datetime | None = None
