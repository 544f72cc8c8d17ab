"""Reads a part of a list of runs from GitHub's pages, beyond the 1,000 runs at which filtered lists stop.

A list with a filter is read in sections: after a full one, the next has `created=<=` the time of its last run, and the
runs of that second that were already read are skipped.
"""

from dataclasses import dataclass
from typing import Protocol

from catalog.times import rfc3339
from proxy.github.run_documents import RunList
from proxy.github.run_types import WorkflowRun

PER_PAGE = 100
"""The most runs on one of GitHub's pages."""

FILTERED = 1000
"""The number of runs at which a list with a filter stops (GitHub's docs, "List workflow runs for a repository")."""

_MOST_SECTIONS = 20
"""The most sections that are read: more would use up GitHub's hourly rate limit."""


@dataclass(frozen=True, slots=True)
class Section:
    """The start of a section: GitHub's `created` (None: the newest run), and how many of its first runs are skipped."""

    created: str | None = None
    passed_over: int = 0


class ReadPage(Protocol):
    """Reads one of GitHub's pages, counted from 1."""

    def __call__(self, created: str | None, page: int, *, again: bool = False) -> RunList:
        """The page; `again`: fetch it even if it is cached."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list; `total` as in `RunPage`."""

    runs: tuple[WorkflowRun, ...]
    total: int


def part_of(read: ReadPage, start: int, size: int, *, filtered: bool) -> Part:
    """The runs from `start` (counted from 0), at most `size`, without duplicates.

    GitHub lists at most 1,000 runs of one second; the rest is left out. So are the runs after the first 20 sections of
    a list with a filter, about 20,000 runs.
    """
    found: dict[int, WorkflowRun] = {}
    section, before, total = Section(), 0, 0
    for _ in range(_MOST_SECTIONS):
        here = section.passed_over + start - before
        first, runs = _rows(read, section, here, size, filtered=filtered)
        found |= {run.id: run for run in runs}
        total = before + first.total - section.passed_over
        if not filtered or first.total < FILTERED or here + size < FILTERED:
            break
        following = _following(read, section.created)
        if following is None:
            break
        before += FILTERED - section.passed_over
        section = following
    return Part(tuple(found.values())[:size], total)


def _rows(
    read: ReadPage, section: Section, start: int, size: int, *, filtered: bool
) -> tuple[RunList, list[WorkflowRun]]:
    """The section's first page, for its total, and its runs from `start`, if any."""
    first = read(section.created, 1)
    here = max(start, section.passed_over)
    end = min(start + size, first.total, FILTERED if filtered else first.total)
    numbers = range(here // PER_PAGE + 1, -(-end // PER_PAGE) + 1) if here < end else range(0)
    pages = [first if number == 1 else read(section.created, number) for number in numbers]
    if any(page.total != first.total for page in pages):
        # The pages are from different times, so a run between them may be on both or on neither.
        first = read(section.created, 1, again=True)
        pages = [first if number == 1 else read(section.created, number, again=True) for number in numbers]
    rows = [run for page in pages for run in page.runs]
    skipped = here % PER_PAGE
    return first, rows[skipped : skipped + max(0, end - here)]


def _following(read: ReadPage, created: str | None) -> Section | None:
    """The section after a full one; None if it is no longer full."""
    last = read(created, FILTERED // PER_PAGE).runs
    if len(last) < PER_PAGE:
        return None
    second, passed_over = last[-1].created_at, 0
    for page in range(FILTERED // PER_PAGE, 0, -1):
        runs = read(created, page).runs
        passed_over += sum(run.created_at == second for run in runs)
        if runs[0].created_at != second:
            return Section(f"<={rfc3339(second)}", passed_over)
    return Section(f"<{rfc3339(second)}")
