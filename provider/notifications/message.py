"""What is told to people: one message for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class MessageKind(StrEnum):
    """What a message is about."""

    RELEASES = "releases"
    REBUILD = "rebuild"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell the channel.

    Attributes:
        id: unique, and the same whenever the same is to be told.
        subject: what it is about: a repository's name, an image's name.
        body: JSON values. Of kind `releases`: `repository` {id, name, url, type} and `releases`
            [{version, date, notes, url, hash, prerelease}], the highest first; notes are cut to 4,000 characters.
        receipt: the channel's own id of the message, where it was sent before: then it is updated.
        tried: sending began once and nobody noted how it ended: look for it before it is sent again.
        revision: goes up whenever another body is put.
    """

    id: str
    kind: MessageKind
    subject: str
    body: Mapping[str, object] = field(default_factory=dict)
    receipt: str | None = None
    tried: bool = False
    revision: int = 1
