"""Which entries of images.yaml the commits of a `git log` changed, and how. Pure.

The log shows `CONTEXT` lines around each change, so an entry is found whichever of its keys comes first, and however
long the file is. Git's own --function-context leaves out the first line of an entry to which lines are added (2.39).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from provider.git.texts import one_line, shortened
from provider.timeline_ports import EntryCommit

CONTEXT = 100
"""Lines around a change: more than entries have."""

_SEPARATOR = "\x1f"
LOG_FORMAT = "%x00" + "%x1f".join(
    ("%H", "%cI", "%an", "%s", "%(trailers:key=Requested-by,valueonly,separator=%x2C%x20)")
)
"""The format for `git log` that `entry_commits` reads."""

# The keys of an entry in the first column are in the third, so a list or a text inside of it is further to the right.
_STARTS = re.compile("(-( |$)| {1,2}- +(name|registry|repository):).*")
_INDENT = re.compile(r" *- *")
_NAME = re.compile(r"name: *['\"]?([a-z0-9-]+)['\"]?\s*(?:#.*)?")
_SAYS_NOTHING = re.compile(r"\s*(#.*)?")
_MOST_LINES, _LONGEST_LINE = 20, 200


@dataclass(slots=True)
class _Side:
    """The entries of one side of a diff: lines by name."""

    entries: list[list[str]] = field(default_factory=list)

    def add(self, text: str) -> None:
        if _STARTS.fullmatch(text):
            self.entries.append([])
        # Lines before the first entry are the end of one that did not change, or of one that is longer than `CONTEXT`.
        if self.entries and not _SAYS_NOTHING.fullmatch(text):
            self.entries[-1].append(text.rstrip())

    def by_name(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for lines in self.entries:
            if name := _name(lines):
                # A long entry may be in several parts of a diff.
                found.setdefault(name, []).extend(lines)
        return found


def _name(lines: list[str]) -> str | None:
    """The value of the key `name` of an entry, not that of a mapping inside of it."""
    first, *others = lines
    start = _INDENT.match(first)
    keys = start.end() if start else 0
    own = (line[keys:] for line in (" " * keys + first[keys:], *others) if line[:keys].isspace())
    return next((match[1] for line in own if (match := _NAME.fullmatch(line))), None)


def entry_commits(log: str) -> Iterator[EntryCommit]:
    """The changes of entries, in the order of the log.

    Args:
        log: the output of `git log` with `LOG_FORMAT`, as patches with `CONTEXT` lines and paths without prefixes.
    """
    for record in log.split("\0")[1:]:
        header, _, diff = record.partition("\n")
        yield from _joined(_changes(header, diff))


def _changes(header: str, diff: str) -> Iterator[EntryCommit]:
    commit, at, author, subject, requested_by = header.split(_SEPARATOR)
    for file, (before, after) in _files(diff).items():
        old, new = before.by_name(), after.by_name()
        for name in dict.fromkeys((*new, *old)):
            there, here = old.get(name), new.get(name)
            if there != here:
                yield EntryCommit(
                    commit,
                    datetime.fromisoformat(at),
                    name,
                    requested_by or author,
                    subject,
                    file,
                    added=there is None,
                    removed=here is None,
                    changes=tuple(_differences(there, here)) if there and here else (),
                )


def _files(diff: str) -> Mapping[str, tuple[_Side, _Side]]:
    found: dict[str, tuple[_Side, _Side]] = {}
    sides, in_hunk = (_Side(), _Side()), False
    for line in diff.split("\n"):
        if line.startswith("diff --git "):
            sides, in_hunk = (_Side(), _Side()), False
        elif line.startswith("@@ "):
            in_hunk = True
        elif not in_hunk:
            _note_path(line, found, sides)
        else:
            _add(line, sides)
    return found


def _note_path(line: str, found: dict[str, tuple[_Side, _Side]], sides: tuple[_Side, _Side]) -> None:
    path = line[4:].rstrip("\t")
    if line.startswith(("--- ", "+++ ")) and path != "/dev/null":
        found[path] = sides


def _add(line: str, sides: tuple[_Side, _Side]) -> None:
    before, after = sides
    sign, text = line[:1], line[1:]
    if sign in (" ", "-"):
        before.add(text)
    if sign in (" ", "+"):
        after.add(text)


def _differences(there: list[str], here: list[str]) -> Iterable[str]:
    removed = [f"- {_shown(line)}" for line in there if line not in here]
    added = [f"+ {_shown(line)}" for line in here if line not in there]
    found = [*removed, *added]
    return found if len(found) <= _MOST_LINES else [*found[:_MOST_LINES], f"and {len(found) - _MOST_LINES} more lines"]


def _shown(line: str) -> str:
    return shortened(one_line(line).removeprefix("- "), _LONGEST_LINE)


def _joined(changes: Iterable[EntryCommit]) -> Iterator[EntryCommit]:
    """An entry that one commit takes from a file and puts into another one moved."""
    found: dict[str, EntryCommit] = {}
    for change in changes:
        other = found.get(change.image)
        if other and other.added != change.added:
            here, there = (change, other) if change.added else (other, change)
            moved = f"moved from {there.file} to {here.file}"
            change = replace(here, added=False, removed=False, changes=(moved,))  # noqa: PLW2901 - both are one change
        found[change.image] = change
    yield from found.values()
