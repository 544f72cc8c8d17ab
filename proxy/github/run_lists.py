"""A part of a list of runs out of GitHub's pages, past the 1,000 where GitHub's filtered lists stop.

A list with a filter is read in sections: where one is full, the next has `created=<=` the time of its last run, and the
runs of that second which came already are passed over.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from proxy.github.run_documents import RunList
from proxy.github.run_types import WorkflowRun

PER_PAGE = 100
"""The most that GitHub gives at once."""

FILTERED = 1000
"""Where a list with a filter stops (GitHub's docs, "List workflow runs for a repository")."""

_MOST_SECTIONS = 20
"""A page behind so many sections would cost GitHub's whole hourly limit to find, so nobody is led there."""


@dataclass(frozen=True, slots=True)
class Section:
    """Where a section begins: GitHub's `created` (None: at the newest), and how many of its first came already."""

    created: str | None = None
    passed_over: int = 0


class ReadPage(Protocol):
    """Reads one of GitHub's pages, counted from 1."""

    def __call__(self, created: str | None, page: int, *, again: bool = False) -> RunList:
        """The page; `again`: even where it is kept."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list; `total` is as `RunPage` has it."""

    runs: tuple[WorkflowRun, ...]
    total: int


def part_of(read: ReadPage, start: int, size: int, *, filtered: bool) -> Part:
    """The runs from `start` (counted from 0), at most `size`, none twice.

    More than 1,000 runs of one second are not told by GitHub, whatever is asked; those beyond are left out. So is what
    lies behind the first 20 sections of a list with a filter, about 20,000 runs.
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
    """The section's first page, for its total, and its runs from `start`, as far as there are any."""
    first = read(section.created, 1)
    here = max(start, section.passed_over)
    end = min(start + size, first.total, FILTERED if filtered else first.total)
    numbers = range(here // PER_PAGE + 1, -(-end // PER_PAGE) + 1) if here < end else range(0)
    pages = [first if number == 1 else read(section.created, number) for number in numbers]
    if any(page.total != first.total for page in pages):
        # They are from different times, so that a run between them may be on both or on none.
        first = read(section.created, 1, again=True)
        pages = [first if number == 1 else read(section.created, number, again=True) for number in numbers]
    rows = [run for page in pages for run in page.runs]
    skipped = here % PER_PAGE
    return first, rows[skipped : skipped + max(0, end - here)]


def _following(read: ReadPage, created: str | None) -> Section | None:
    """The section after a full one; None where it is no longer full."""
    last = read(created, FILTERED // PER_PAGE).runs
    if len(last) < PER_PAGE:
        return None
    second, passed_over = last[-1].created_at, 0
    for page in range(FILTERED // PER_PAGE, 0, -1):
        runs = read(created, page).runs
        passed_over += sum(run.created_at == second for run in runs)
        if runs[0].created_at != second:
            return Section(f"<={_written(second)}", passed_over)
    return Section(f"<{_written(second)}")


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
