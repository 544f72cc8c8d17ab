"""Marshmallow with plain messages: a schema that names unknown keys, and fields that convert nothing silently."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from marshmallow import EXCLUDE, Schema, ValidationError, fields, types, validate, validates_schema

from provider.domain.duration import InvalidDuration, parse_duration, print_duration
from provider.domain.enrollment_grammar import shown

UNKNOWN = " is not known; "
"""Follows the key in the message about an unknown key."""
_MERGE_KEY = "<<"

_REQUIRED: types.ErrorMessages = {"required": "is missing", "null": "is empty; write a value or leave the key out"}
_TEXT: types.ErrorMessages = {**_REQUIRED, "invalid": "must be text; put it in quotes"}
_DURATION: types.ErrorMessages = {**_REQUIRED, "invalid": "is not a duration; write for example 12h, 7d or 2w"}
_TYPE = {"type": "must be a mapping of keys to values"}


def unknown_key_message(key: object, known: list[str]) -> str:
    """The message names the nearest known key, or all known keys where none is near."""
    text = str(key)
    if text == _MERGE_KEY:
        return f"{text}{UNKNOWN}merge keys are not supported; write the keys out in each entry"
    nearest = difflib.get_close_matches(text, known, n=1)
    return f"{_printable(text)}{UNKNOWN}" + (
        f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(known)}"
    )


class StrictSchema(Schema):
    """A mapping whose unknown keys are errors, so that a typo is reported."""

    error_messages = _TYPE

    class Meta:
        """The check below reports unknown keys with a better message."""

        unknown = EXCLUDE

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _refuse_unknown_keys(self, _: object, original: object, **__: object) -> None:
        if not isinstance(original, Mapping):
            return
        known = [field.data_key or name for name, field in self.load_fields.items()]
        if unknown := [key for key in original if key not in known]:
            raise ValidationError({key: [unknown_key_message(key, known)] for key in unknown})


# With a default of None marshmallow would accept null, which in a file is a forgotten value: `allow_none` refuses it.
# The OpenAPI document alone uses `description` and the rest of the metadata.


def text(
    problem: Callable[[str], str | None] | None = None,
    description: str = "",
    enum: Sequence[str] = (),
    **arguments: Any,
) -> fields.String:
    """A field for text. `problem` checks it and returns what is wrong, or None."""
    checks = [_valid(problem)] if problem else []
    described = _described(description, enum=list(enum))
    return fields.String(
        pre_load=[_no_collection],
        validate=checks,
        error_messages=_TEXT,
        allow_none=False,
        metadata=described,
        **arguments,
    )


def choice(options: list[str], description: str = "", **arguments: Any) -> fields.String:
    """A field for one of a few words."""

    def problem(value: str) -> str | None:
        return None if value in options else f"{shown(value)} is not known; write one of {', '.join(options)}"

    return text(problem, description, options, **arguments)


def flag(description: str = "", **arguments: Any) -> fields.Boolean:
    """A field for true or false; other spellings of them are errors."""
    return fields.Boolean(
        pre_load=[_only_true_or_false],
        error_messages=_REQUIRED,
        allow_none=False,
        metadata=_described(description),
        **arguments,
    )


def duration(default: timedelta, description: str = "", **arguments: Any) -> fields.String:
    """A field for a duration such as 12h, 7d or 2w; loads a timedelta."""
    return fields.String(
        post_load=[_parsed_duration],
        load_default=cast("str", default),
        metadata=_described(description, default=print_duration(default)),
        error_messages=_DURATION,
        allow_none=False,
        **arguments,
    )


def texts(
    problem: Callable[[str], str | None], example: str, description: str = "", **arguments: Any
) -> fields.List[str]:
    """A field for a list of texts; the message about another value shows a list of the example."""
    messages: types.ErrorMessages = {**_REQUIRED, "invalid": f"must be a list, for example [{example}]"}
    described = _described(description, example=[example])
    return fields.List(text(problem), error_messages=messages, allow_none=False, metadata=described, **arguments)


class _OneOrMore(fields.List[str]):
    """A list of texts, where a text alone stands for a list of one."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **others: Any
    ) -> list[str | None]:
        if isinstance(value, str):
            return [self.inner.deserialize(value, attr, data)]
        return super()._deserialize(value, attr, data, **others)


def text_or_texts(
    problem: Callable[[str], str | None], example: str, description: str = "", **arguments: Any
) -> fields.List[str]:
    """A field for a text or a list of texts; loads a list."""
    either = [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
    messages: types.ErrorMessages = {**_REQUIRED, "invalid": f"must be text, or a list such as [{example}]"}
    some = validate.Length(min=1, error="is empty; write a value or leave the key out")
    return _OneOrMore(
        text(problem),
        error_messages=messages,
        allow_none=False,
        validate=some,
        metadata=_described(description, anyOf=either),
        **arguments,
    )


def named_texts(
    problem: Callable[[str], str | None],
    value_problem: Callable[[str], str | None] | None = None,
    *,
    example: str = 'NODE: "22"',
    description: str = "",
    **arguments: Any,
) -> fields.Dict:
    """A field for a mapping of names, checked by `problem`, to texts, checked by `value_problem`."""
    keys, values = text(problem), text(value_problem)
    messages: types.ErrorMessages = {**_REQUIRED, "invalid": f"must be a mapping, for example {{{{{example}}}}}"}
    described = _described(description)
    return fields.Dict(
        keys=keys, values=values, error_messages=messages, allow_none=False, metadata=described, **arguments
    )


def part(schema: type[StrictSchema], description: str = "", **arguments: Any) -> fields.Nested:
    """A field for a mapping that has its own schema."""
    described = _described(description)
    return fields.Nested(schema, error_messages=_REQUIRED, allow_none=False, metadata=described, **arguments)


def _described(description: str, **others: object) -> dict[str, object]:
    """What the OpenAPI document says of a field."""
    return {key: value for key, value in {"description": description, **others}.items() if value}


def _only_true_or_false(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValidationError("must be true or false, without quotes")


def _no_collection(value: Any) -> Any:
    if isinstance(value, list | dict):
        raise ValidationError(f"must be text, not {'a list' if isinstance(value, list) else 'a mapping'}")
    return value


def _parsed_duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except InvalidDuration as error:
        raise ValidationError(str(error)) from error


def _valid(problem: Callable[[str], str | None]) -> Callable[[str], None]:
    def check(value: str) -> None:
        if found := problem(value):
            raise ValidationError(found)

    return check


def _printable(key: str) -> str:
    return key if key.isprintable() and key and len(key) <= len(shown(key)) else shown(key)
