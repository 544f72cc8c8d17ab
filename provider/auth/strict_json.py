"""Strict JSON that all parsers read alike: no duplicate members, no NaN or Infinity."""

import json
from typing import Never


def parse_object(text: bytes) -> dict[str, object]:
    """Parse a JSON object.

    Raises:
        ValueError: the text is not a JSON object, is nested too deeply, or has a duplicate member or a NaN. The message
            repeats no part of the text.
    """
    document = parse(text)
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - the content of the text is wrong, not its type
    return document


def parse(text: bytes) -> object:
    """Parse any JSON value.

    Raises:
        ValueError: as `parse_object`.
    """
    try:
        document: object = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_number)
    except (ValueError, RecursionError):
        # `from None`: the error of the decoder contains the document.
        raise ValueError("not a valid and unambiguous JSON value") from None
    return document


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member occurs twice")
    return members


def _no_number(_: str) -> Never:
    raise ValueError("not a number")
