"""Reads the question of a person from texts. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar

from provider.domain.duration import InvalidDuration, parse_duration
from provider.domain.simulation.policies import DEFAULT_PERIOD, MOST_POLICIES, WhatIf

_NONE = re.compile(r"0[smhdw]?", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,5}", re.ASCII)
LONGEST_PERIOD = timedelta(days=731)
_LONGEST_OWNER = 300
Value = TypeVar("Value")


class InvalidQuestion(ValueError):
    """Something of the question is not valid; `problems` has a sentence for each parameter."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = problems


def question_of(texts: Mapping[str, str]) -> WhatIf:
    """The question in these texts; an empty one is the same as none.

    Args:
        texts: `since` (a duration), `rebuildDelay` (durations with commas between), `window`, `maxConcurrentBuilds` and
            `owner`.

    Raises:
        InvalidQuestion: a text is not valid.
    """
    problems: dict[str, str] = {}

    def read(name: str, parse: Callable[[str], Value], default: Value) -> Value:
        text = texts.get(name, "").strip()
        try:
            return parse(text) if text else default
        except ValueError as error:
            problems[name] = str(error)
            return default

    asked = WhatIf(
        read("since", period_of, DEFAULT_PERIOD),
        read("rebuildDelay", delays_of, ()),
        read("window", time_of, None),
        read("maxConcurrentBuilds", count_of, None),
        read("owner", _owner, None),
    )
    if problems:
        raise InvalidQuestion(problems)
    return asked


def period_of(text: str) -> timedelta:
    """The length of the period, at most two years; raises ValueError."""
    period = parse_duration(text)
    if period > LONGEST_PERIOD:
        raise ValueError(f"{text!r} is too long; the period is at most {LONGEST_PERIOD.days}d")
    return period


def delays_of(text: str) -> tuple[timedelta, ...]:
    """Delays with commas between, each once, the shortest first; raises ValueError."""
    found = sorted({time_of(part.strip()) or timedelta(0) for part in text.split(",")})
    if len(found) > MOST_POLICIES:
        raise ValueError(f"{len(found)} delays are too many; compare at most {MOST_POLICIES} at a time")
    return tuple(found)


def time_of(text: str) -> timedelta | None:
    """A duration, which may be 0; raises ValueError."""
    if _NONE.fullmatch(text):
        return timedelta(0)
    try:
        return parse_duration(text)
    except InvalidDuration as error:
        raise ValueError(f"{error}, or 0 for none") from error


def count_of(text: str) -> int | None:
    """A number of builds from 1; raises ValueError."""
    if not _COUNT.fullmatch(text) or not int(text):
        raise ValueError(f"{text[:40]!r} is not a number of builds; write a whole number from 1 to 99999")
    return int(text)


def _owner(text: str) -> str | None:
    if len(text) > _LONGEST_OWNER:
        raise ValueError(f"is longer than {_LONGEST_OWNER} characters")
    return text
