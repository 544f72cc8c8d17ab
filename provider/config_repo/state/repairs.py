"""Repair what a state file has that this release does not know, so that nothing else in the file is lost. Pure."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from cattrs import ForbiddenExtraKeysError

from provider.config_repo.state.keys import ASSUMED
from provider.config_repo.state.scalars import UnknownWord
from provider.config_repo.state.wrong_values import WrongValue
from provider.yaml_lines import Path

_ENTRY = "enrollment"
_VERIFY = (_ENTRY, "verify")
"""What is wrong there is not left out: less would have to be signed than people wrote."""
_NEEDED = {(_ENTRY, key) for key in ("name", "registry", "repository", "tag")} | {
    (_ENTRY, "source", "provider"),
    (_ENTRY, "source", "repo"),
    (_ENTRY, "build", "system"),
}


def repaired(document: Any, wrong: Sequence[WrongValue]) -> list[tuple[Path, str]] | None:
    """Remove unknown keys, assume a known word for an unknown one, and remove wrong optional values of the enrollment.

    Args:
        document: the plain values of the file; they are changed in place.
        wrong: every wrong value in it.

    Returns:
        A place and a sentence about each repair; None: at least one value is needed and wrong.
    """
    notes: list[tuple[Path, str]] = []
    for each in wrong:
        found = _repair(document, each)
        if found is None:
            return None
        notes += found
    return notes


def _repair(document: Any, wrong: WrongValue) -> list[tuple[Path, str]] | None:
    if wrong.path[:2] == _VERIFY:
        return None
    match wrong.error:
        case ForbiddenExtraKeysError() as error:
            keys = sorted(error.extra_fields)
            for key in keys:
                _at(document, wrong.path).pop(key, None)
            return [((*wrong.path, keys[0]), f"{wrong}; it is ignored")]
        case UnknownWord(kind=kind) if kind in ASSUMED:
            return _assumed(document, wrong, ASSUMED[kind])
        case KeyError():
            return None
        case _ if len(wrong.path) > 1 and wrong.path[0] == _ENTRY and wrong.path not in _NEEDED:
            return _without(document, wrong)
        case _:
            return None


def _assumed(document: Any, wrong: WrongValue, word: StrEnum) -> list[tuple[Path, str]]:
    _at(document, wrong.path[:-1])[wrong.path[-1]] = word.value
    return [(wrong.path, f"{wrong}; {word.value} is assumed")]


def _without(document: Any, wrong: WrongValue) -> list[tuple[Path, str]] | None:
    around = _at(document, wrong.path[:-1])
    if not isinstance(around, dict) or wrong.path[-1] not in around:
        return None
    del around[wrong.path[-1]]
    return [(wrong.path, f"{wrong}; it is ignored")]


def _at(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document
