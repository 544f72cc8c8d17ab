"""What to tell people of images: rebuilds as they go on, and failures when they begin and end. Pure.

What was told before is kept as marks, by subject. Without marks this is the first look: everything is taken for told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from provider.domain.problems import ImageProblem, ImageProblemKind, image_problems, tracked
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, RebuildState
from provider.notifications.message import Message, MessageKind
from provider.notifications.rebuild_message import rebuild_body

MOST_ITEMS = 50
_REBUILDS = "rebuilds/"
_BEGUN: Mapping[ImageProblemKind, tuple[str, str]] = {
    ImageProblemKind.ERROR: ("{name} cannot be looked at", "{count} images cannot be looked at"),
    ImageProblemKind.FAILED: ("the rebuild of {name} failed", "the rebuilds of {count} images failed"),
    ImageProblemKind.INVALID: ("the configuration has a problem", "the configuration has {count} problems"),
}
_ENDED: Mapping[ImageProblemKind, tuple[str, str]] = {
    ImageProblemKind.ERROR: ("{name} can be looked at again", "{count} images can be looked at again"),
    ImageProblemKind.FAILED: ("{name} was rebuilt again", "{count} images were rebuilt again"),
    ImageProblemKind.INVALID: (
        "a problem of the configuration is solved",
        "{count} problems of the configuration are solved",
    ),
}


@dataclass(frozen=True, slots=True)
class Announced:
    """What was told, by subject; `waiting` was decided to be told and may not have been handed on yet."""

    marks: Mapping[str, str]
    waiting: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMessages:
    """What to tell now, and the marks after that."""

    marks: Mapping[str, str]
    rebuilds: tuple[Message, ...] = ()
    failures: tuple[Message, ...] = ()


def new_messages(now: datetime, marks: Mapping[str, str] | None, snapshot: Snapshot) -> NewMessages:
    """What changed since the marks were made.

    A rebuild that is under way is among the messages each time, with an equal body as long as nothing happened.

    Args:
        now: makes the ids of failures unique.
        marks: of the last look; None at the first one ever.
        snapshot: as they are.
    """
    known = image_problems(snapshot)
    # The words are kept, since they are needed again when it is over.
    after = {key: trouble.message for key, trouble in known.items()}
    if marks is None:
        return NewMessages(after | {_mark(name): _newest(image.rebuilds) for name, image in snapshot.images.items()})
    begun = [trouble for key, trouble in known.items() if key not in marks]
    ended = list(_ended(marks, known, snapshot))
    messages: list[Message] = []
    for name, image in snapshot.images.items():
        told = marks.get(_mark(name))
        messages += [_rebuild(name, record) for record in _untold(image, told)]
        after[_mark(name)] = _told_until(image, told)
    failures = (*_together(now, begun, over=False), *_together(now, ended, over=True))
    return NewMessages(after, tuple(messages), failures)


def _rebuild(name: str, record: RebuildState) -> Message:
    return Message(f"rebuild:{record.id}", MessageKind.REBUILD, name, rebuild_body(name, record))


def _untold(image: ImageState, told: str | None) -> list[RebuildState]:
    """Rebuilds whose end was not told; of an image that is new here, or back again, only what is under way."""
    if told is None:
        return [record for record in image.rebuilds if record.active]
    return [record for record in image.rebuilds if not told or record.requested_at > datetime.fromisoformat(told)]


def _told_until(image: ImageState, told: str | None) -> str:
    """The time of the last request whose end, and that of all before it, will have been told."""
    over = _newest(tuple(takewhile(lambda record: not record.active, image.rebuilds)))
    return over or told or ""


def _newest(records: Sequence[RebuildState]) -> str:
    return records[-1].requested_at.isoformat() if records else ""


def _mark(name: str) -> str:
    return f"{_REBUILDS}{name}"


def _ended(marks: Mapping[str, str], known: Mapping[str, ImageProblem], snapshot: Snapshot) -> Iterator[ImageProblem]:
    """What was wrong and is not any more; what is gone altogether is no news."""
    for key, words in marks.items():
        kind, _, name = key.partition("/")
        if key in known or key.startswith(_REBUILDS) or not tracked(snapshot, key):
            continue
        invalid = kind == ImageProblemKind.INVALID.value
        yield ImageProblem(ImageProblemKind(kind), "" if invalid else name, words if invalid else "", page=not invalid)


def _together(now: datetime, found: Sequence[ImageProblem], *, over: bool) -> Iterator[Message]:
    """One story for all of a kind: a registry that is down is one message, however many images are in it."""
    for kind in ImageProblemKind:
        some = [trouble for trouble in found if trouble.kind is kind]
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
