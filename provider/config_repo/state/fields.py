"""Marshmallow fields for what state files hold."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError, fields

from catalog.reference import Digest, ImageReference, InvalidReference, parse_digest

Word = TypeVar("Word", bound=StrEnum)


class Moment(fields.Field[datetime]):
    """RFC 3339 in UTC, to the microsecond where it has any: 2026-01-02T03:04:05Z."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return printed(value) if value is not None else None

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            raise ValidationError(f"{value!r} is not a time; write for example 2026-01-02T03:04:05Z") from None
        if moment.tzinfo is None:
            raise ValidationError(f"{value!r} has no time zone; write for example 2026-01-02T03:04:05Z")
        return moment.astimezone(UTC)


class DigestText(fields.Field[Digest]):
    """`sha256:` and 64 hexadecimal digits."""

    def _serialize(self, value: Digest | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Digest:
        try:
            return parse_digest(str(value))
        except InvalidReference as error:
            raise ValidationError(str(error)) from error


class Reference(fields.Field[ImageReference]):
    """An image reference, written in full."""

    def _serialize(self, value: ImageReference | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return str(value) if value is not None else None

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> ImageReference:
        try:
            return ImageReference.parse(str(value))
        except InvalidReference as error:
            raise ValidationError(str(error)) from error


class Listed(fields.Field[tuple[Any, ...]]):
    """A list of mappings of one schema; a tuple here."""

    def __init__(self, schema: type[Schema], **arguments: Any) -> None:
        super().__init__(load_default=(), **arguments)
        self._schema = schema

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> list[dict[str, Any]]:
        return [without_nothing(item) for item in self._schema(many=True).dump(value)]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[Any, ...]:
        return tuple(self._schema(many=True).load(value))


class Words(fields.Field[tuple[str, ...]]):
    """A list of texts; a tuple here."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(load_default=(), **arguments)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> list[str]:
        return list(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise ValidationError("must be a list of texts")
        return tuple(value)


def word(kind: type[Word], **arguments: Any) -> fields.Enum[Word]:
    """A field for one of an enumeration's values."""
    return fields.Enum(kind, by_value=True, **arguments)


def printed(moment: datetime) -> str:
    """The moment as state files have it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def without_nothing(document: dict[str, Any]) -> dict[str, Any]:
    """The document without keys that say nothing: None, false and empty ones."""
    return {key: value for key, value in document.items() if value not in (None, False, [], {}, ())}
