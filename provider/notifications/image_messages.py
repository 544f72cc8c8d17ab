"""Decides which messages about images are due: about each step of a rebuild, and the begin and end of a failure. Pure.

Marks, by subject, say what was announced before. Without marks, everything in the snapshot counts as announced.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from provider.containment import contained
from provider.domain.problems import ImageProblem, ImageProblemKind, image_problems, tracked
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, RebuildState
from provider.errors import InternalError
from provider.notifications.message import Message, MessageKind
from provider.notifications.rebuild_message import rebuild_body

MOST_ITEMS = 50
_REBUILDS = "rebuilds/"
_BEGUN: Mapping[ImageProblemKind, tuple[str, str]] = {
    ImageProblemKind.ERROR: ("{name} cannot be checked", "{count} images cannot be checked"),
    ImageProblemKind.FAILED: ("the rebuild of {name} failed", "the rebuilds of {count} images failed"),
    ImageProblemKind.MISMATCH: (
        "{name} was built from another base image than requested",
        "{count} images were built from other base images than requested",
    ),
    ImageProblemKind.INVALID: ("the configuration has a problem", "the configuration has {count} problems"),
}
_ENDED: Mapping[ImageProblemKind, tuple[str, str]] = {
    ImageProblemKind.ERROR: ("{name} can be checked again", "{count} images can be checked again"),
    ImageProblemKind.FAILED: ("a rebuild of {name} succeeded again", "rebuilds of {count} images succeeded again"),
    ImageProblemKind.MISMATCH: (
        "{name} is built from the requested base image again",
        "{count} images are built from the requested base images again",
    ),
    ImageProblemKind.INVALID: ("a configuration problem is solved", "{count} configuration problems are solved"),
}


@dataclass(frozen=True, slots=True)
class Announced:
    """What was announced.

    Attributes:
        marks: the announced state, by subject.
        waiting: messages that may not be in the outbox yet.
    """

    marks: Mapping[str, str]
    waiting: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMessages:
    """The messages that are due, and the marks once they are announced."""

    marks: Mapping[str, str]
    rebuilds: tuple[Message, ...] = ()
    failures: tuple[Message, ...] = ()


def new_messages(now: datetime, marks: Mapping[str, str] | None, snapshot: Snapshot) -> NewMessages:
    """The messages about all changes since the marks.

    There is always a message about a rebuild that is in progress; its body stays the same until something changes.

    Args:
        now: makes the ids of messages about failures unique.
        marks: what was announced; None the first time.
        snapshot: the present state.
    """
    known = image_problems(snapshot)
    # The texts are kept, because the message about the end repeats them.
    after = {key: problem.message for key, problem in known.items()}
    if marks is None:
        return NewMessages(after | {_mark(name): _newest(image.rebuilds) for name, image in snapshot.images.items()})
    begun = [problem for key, problem in known.items() if key not in marks]
    ended = list(_ended(marks, known, snapshot))
    messages: list[Message] = []
    for name, image in snapshot.images.items():
        until = marks.get(_mark(name))
        found = contained(name, _of_image, name, image, until)
        if not isinstance(found, InternalError):
            some, after[_mark(name)] = found
            messages += some
        elif until is not None:
            after[_mark(name)] = until
    failures = (*_grouped(now, begun, over=False), *_grouped(now, ended, over=True))
    return NewMessages(after, tuple(messages), failures)


def _of_image(name: str, image: ImageState, until: str | None) -> tuple[list[Message], str]:
    """The messages about the rebuilds of one image, and its mark after them."""
    return [_rebuild(name, record) for record in _not_announced(image, until)], _announced_until(image, until)


def _rebuild(name: str, record: RebuildState) -> Message:
    return Message(f"rebuild:{record.id}", MessageKind.REBUILD, name, rebuild_body(name, record))


def _not_announced(image: ImageState, until: str | None) -> list[RebuildState]:
    """Rebuilds whose end was not announced; of an image without a mark only rebuilds that are in progress."""
    if until is None:
        return [record for record in image.rebuilds if record.active]
    return [record for record in image.rebuilds if not until or record.requested_at > datetime.fromisoformat(until)]


def _announced_until(image: ImageState, until: str | None) -> str:
    """The time of the last request up to which the end of every rebuild is announced."""
    over = _newest(tuple(takewhile(lambda record: not record.active, image.rebuilds)))
    return over or until or ""


def _newest(records: Sequence[RebuildState]) -> str:
    return records[-1].requested_at.isoformat() if records else ""


def _mark(name: str) -> str:
    return f"{_REBUILDS}{name}"


def _ended(marks: Mapping[str, str], known: Mapping[str, ImageProblem], snapshot: Snapshot) -> Iterator[ImageProblem]:
    """Problems that are solved; a problem of an image that is no longer tracked is not announced as solved."""
    for key, message in marks.items():
        kind, _, name = key.partition("/")
        if key in known or key.startswith(_REBUILDS) or not tracked(snapshot, key):
            continue
        invalid = kind == ImageProblemKind.INVALID.value
        text = message if invalid else ""
        yield ImageProblem(ImageProblemKind(kind), "" if invalid else name, text, page=not invalid)


def _grouped(now: datetime, found: Sequence[ImageProblem], *, over: bool) -> Iterator[Message]:
    """One message for all problems of a kind: an outage of a registry is one message for all of its images."""
    for kind in ImageProblemKind:
        some = [problem for problem in found if problem.kind is kind]
        if not some:
            continue
        one, several = (_ENDED if over else _BEGUN)[kind]
        title = one.format(name=some[0].name) if len(some) == 1 else several.format(count=len(some))
        items = [{"name": each.name, "message": each.message, "page": each.page} for each in some[:MOST_ITEMS]]
        body = {"title": title, "over": over, "count": len(some), "items": items}
        subject = some[0].name if len(some) == 1 else kind.value
        yield Message(
            f"failure:{kind.value}:{'over:' if over else ''}{now.isoformat()}", MessageKind.FAILURE, subject, body
        )
