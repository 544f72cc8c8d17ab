"""JSON that means the same to every reader: no member twice, no number that is none."""

import json
from typing import Never


def parse_object(text: bytes) -> dict[str, object]:
    """The object that the text is.

    Raises:
        ValueError: it is no JSON object, is nested too deeply, has a member twice, or a NaN. The message repeats
            nothing of the text.
    """
    document = parse(text)
    if not isinstance(document, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - what the text says is wrong, not what the caller passed
    return document


def parse(text: bytes) -> object:
    """What the text is, an object or not.

    Raises:
        ValueError: as `parse_object`.
    """
    try:
        document: object = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_number)
    except (ValueError, RecursionError):
        # `from None`: the decoder's error carries the document.
        raise ValueError("no JSON object or other value that can be read in one way only") from None
    return document


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member is there twice")
    return members


def _no_number(_: str) -> Never:
    raise ValueError("not a number")
