"""What each sender's reader takes and gives, and what they share."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from catalog.reference import Digest, ImageReference, InvalidReference, parse_digest
from provider.domain.events import Event, Ignored, ImagePushed

_LONGEST = 300


class Proof(StrEnum):
    """How a sender proves that it knows a secret: by a signature, a header, or the end of the address."""

    GITHUB_SIGNATURE = "github-signature"
    GITLAB_TOKEN = "gitlab-token"  # noqa: S105 - the name of a kind, not a secret
    SECRET_IN_PATH = "secret-in-path"  # noqa: S105 - as above
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class ReceivedWebhook:
    """A request whose secret was checked.

    Attributes:
        headers: by name in lower case.
        payload: the parsed JSON.
        body: the bytes that were sent.
        subject: the id in the path; empty where the address has none.
    """

    headers: Mapping[str, str]
    payload: object
    body: bytes
    subject: str = ""

    @property
    def body_id(self) -> str:
        """An id that the same body has again."""
        return hashlib.sha256(f"{self.subject} ".encode() + self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class WebhookReading:
    """What a request says.

    Attributes:
        kind: the sender's word for what happened.
        events: without repetitions.
        id: the sender's id of the delivery; None where equal requests may be different deliveries.
    """

    kind: str
    events: tuple[Event, ...] | Ignored
    id: str | None


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """A sender of webhooks.

    Attributes:
        name: the part of the address after /webhooks/.
        read: a pure function; it raises nothing, whatever the JSON.
    """

    name: str
    title: str
    proof: Proof
    read: Callable[[ReceivedWebhook], WebhookReading]


class PayloadSchema(Schema):
    """A payload of a sender: keys that it adds are ignored; the types of those that are read are strict."""

    class Meta:
        """Senders add keys without notice."""

        unknown = EXCLUDE


def read_payload(schema: type[Schema], payload: object) -> Mapping[str, Any] | Ignored:
    """The fields of a payload, or what is wrong with it."""
    try:
        fields: Mapping[str, Any] = schema().load(payload)  # type: ignore[arg-type]  # anything but an object is an error of the schema
    except ValidationError as error:
        problems = "; ".join(_problems(error.messages, ""))
        return Ignored(f"the payload is not one of this kind: {problems[:_LONGEST]}")
    return fields


def read_by_kind(
    readers: Mapping[str, tuple[type[Schema], Callable[[Mapping[str, Any]], Event | Ignored]]],
    kind: str,
    number: str | None,
    payload: object,
) -> WebhookReading:
    """The event of a payload.

    Args:
        readers: the schema of each kind of payload, and what its fields say.
        kind: as the sender names it.
        number: the sender's id of the delivery.
        payload: the JSON.
    """
    if kind not in readers:
        known = ", ".join(sorted(readers))
        return WebhookReading(
            kind, Ignored(f"the event {kind[:80]!r} asks for nothing; the hook needs only {known}"), number
        )
    schema, read = readers[kind]
    fields = read_payload(schema, payload)
    event = fields if isinstance(fields, Ignored) else read(fields)
    return WebhookReading(kind, event if isinstance(event, Ignored) else (event,), number)


def image_pushed(reference: str, digest: str | None) -> ImagePushed | Ignored:
    """The event for a reference with a tag, and a digest where one is given."""
    try:
        image = ImageReference.parse(reference)
        known = _digest(digest)
    except InvalidReference as error:
        return Ignored(str(error))
    if image.tag is None:
        return Ignored("a manifest without a tag, such as one platform of an image, was pushed")
    return ImagePushed(image.tagged, known)


def events_or_reason(found: Iterable[Event | Ignored], otherwise: str) -> tuple[Event, ...] | Ignored:
    """The events among these, each once; if there are none, the first reason, or else this one."""
    every = list(found)
    events = tuple(dict.fromkeys(each for each in every if not isinstance(each, Ignored)))
    return events or next((each for each in every if isinstance(each, Ignored)), Ignored(otherwise))


def _digest(text: str | None) -> Digest | None:
    return parse_digest(text) if text else None


def _problems(messages: object, path: str) -> Iterator[str]:
    """Marshmallow's messages, each with the path of its field."""
    match messages:
        case dict():
            for name, inner in messages.items():
                yield from _problems(inner, path if name == "_schema" else f"{path}.{name}" if path else str(name))
        case list():
            for message in messages:
                yield f"{path}: {message}" if path else str(message)
        case _:
            yield f"{path}: {messages}"
