"""What the demo printed, as scenes: each has a heading, and what happened below it in order. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_HEADING = re.compile(r" *[0-9.]+s == (.+)")
_IMAGE = re.compile(r" *[0-9.]+s   (?P<name>[a-z0-9-]+)(?: at (?P<digest>[0-9a-f]{12}))?: (?P<status>[a-z-]+): .+")
_LINE = re.compile(r" *[0-9.]+s   (.+)")
_DETAIL = re.compile(r" {12}(.+)")
# A base image that did not change; a scene has no place for all of them.
_NO_CAUSE = re.compile(r" +\S+ = \S+@[0-9a-f]{12}")
# The other commits repeat what the statuses show.
_SHOWN_COMMITS = ("commit: Enroll", "commit: Rebuild")
_STATUSES = frozenset({"up-to-date", "waiting", "due", "rebuilding", "unverified", "unknown", "watched", "failed"})
_SUMMARY = "Summary"


@dataclass(frozen=True, slots=True)
class Said:
    """A line; a detail belongs to the line before."""

    text: str
    detail: bool


@dataclass(frozen=True, slots=True)
class Became:
    """An image has another status or digest; an empty digest is the one before."""

    name: str
    status: str
    digest: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A part of the story."""

    title: str
    moments: tuple[Said | Became, ...]


def scenes_of(output: str) -> tuple[Scene, ...]:
    """The scenes in the output of `python -m demo`, with its summary as the last one."""
    parts: list[tuple[str, list[str]]] = []
    for line in output.splitlines():
        if heading := _HEADING.fullmatch(line):
            parts.append((heading[1], []))
        elif line == _SUMMARY:
            parts.append((_SUMMARY, []))
        elif not line:
            continue
        elif parts:
            parts[-1][1].append(line)
    return tuple(Scene(title, tuple(_moments(title, lines))) for title, lines in parts)


def _moments(title: str, lines: Iterable[str]) -> Iterable[Said | Became]:
    for line in lines:
        if title == _SUMMARY:
            if not line.startswith("  "):
                return
            yield Said(line.strip(), detail=False)
        elif (image := _IMAGE.fullmatch(line)) and image["status"] in _STATUSES:
            yield Became(image["name"], image["status"], image["digest"] or "")
        elif found := _DETAIL.fullmatch(line):
            if not _NO_CAUSE.fullmatch(line):
                yield Said(found[1].strip(), detail=True)
        elif (found := _LINE.fullmatch(line)) and (
            not found[1].startswith("commit: ") or found[1].startswith(_SHOWN_COMMITS)
        ):
            yield Said(found[1], detail=False)
