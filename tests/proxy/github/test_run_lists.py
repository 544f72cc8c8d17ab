"""A part of a list of runs, with a GitHub that is a sorted list."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.github.run_documents import RunList
from proxy.github.run_lists import FILTERED, PER_PAGE, part_of
from proxy.github.run_types import WorkflowRun

START = datetime(2026, 11, 1, tzinfo=UTC)


class Listed:
    """GitHub's lists of runs with these times in seconds; `asked` are `created` and page of every read."""

    def __init__(self, seconds: list[int], *, filtered: bool) -> None:
        runs = [run(number, second) for number, second in enumerate(seconds)]
        self.newest_first = sorted(runs, key=lambda each: (each.created_at, each.id), reverse=True)
        self.asked: list[tuple[str | None, int]] = []
        self._filtered = filtered

    def __call__(self, created: str | None, page: int, *, again: bool = False) -> RunList:  # noqa: ARG002 - the protocol's
        """A page."""
        self.asked.append((created, page))
        found = [each for each in self.newest_first if created is None or _matches(each, created)]
        found = found[:FILTERED] if self._filtered else found
        return RunList(len(found), tuple(found[(page - 1) * PER_PAGE : page * PER_PAGE]))


def run(number: int, second: int) -> WorkflowRun:
    """A run at this second."""
    at = START + timedelta(seconds=second)
    words = ("sha", "main", "push", "octocat", 1)
    page = f"https://github.test/acme/portal/actions/runs/{number}"
    return WorkflowRun(
        number, "Build", "", "completed", "success", *words, at, at, at, ".github/workflows/b.yml", "acme/portal", page
    )


def _matches(each: WorkflowRun, created: str) -> bool:
    until = datetime.fromisoformat(created.lstrip("<="))
    return each.created_at <= until if created.startswith("<=") else each.created_at < until


def read_all(listed: Listed, size: int, *, filtered: bool) -> list[int]:
    """The ids of all pages in order; the total of the last one must be right."""
    ids: list[int] = []
    start, total = 0, 1
    while start < total:
        part = part_of(listed, start, size, filtered=filtered)
        ids += [each.id for each in part.runs]
        start, total = start + size, part.total
    assert total == len(listed.newest_first)
    return ids


@given(
    st.lists(st.integers(0, 3), min_size=8, max_size=20).flatmap(
        lambda steps: st.tuples(st.just(steps), st.integers(900, 3200), st.integers(30, 100))
    ),
    st.booleans(),
)
@settings(max_examples=25)
def test_every_run_comes_once_and_in_order(drawn: tuple[list[int], int, int], filtered: bool) -> None:
    """This holds for up to 800 runs in one second, and for any size of pages and sections."""
    steps, count, size = drawn
    seconds, now = [], 0
    for number in range(count):
        now += 1 if number % 800 == 0 else steps[number % len(steps)]
        seconds.append(now)
    listed = Listed(seconds, filtered=filtered)

    assert read_all(listed, size, filtered=filtered) == [each.id for each in listed.newest_first]


@pytest.mark.parametrize("size", [7, 100])
def test_more_than_a_section_in_one_second(size: int) -> None:
    """Runs after that second are found; of the second itself GitHub lists 1,000."""
    listed = Listed([5] * 1100 + [4] * 50, filtered=True)
    ids: list[int] = []
    for start in range(0, 1050, size):
        ids += [each.id for each in part_of(listed, start, size, filtered=True).runs]

    assert ids == [each.id for each in listed.newest_first if each.created_at == START + timedelta(seconds=5)][
        :FILTERED
    ] + list(range(1149, 1099, -1))


def test_a_page_far_after_the_end_reads_only_the_first_page() -> None:
    """Its total shows that there are no runs."""
    listed = Listed([1, 2, 3], filtered=False)

    part = part_of(listed, 100_000_000, 100, filtered=False)

    assert (part.runs, part.total, listed.asked) == ((), 3, [(None, 1)])


def test_pages_of_different_times_are_read_again() -> None:
    """A run created between two reads would be on both pages, or on neither."""
    listed = Listed(list(range(150)), filtered=False)
    reads: list[tuple[int, bool]] = []

    def read(created: str | None, page: int, *, again: bool = False) -> RunList:
        reads.append((page, again))
        found = listed(created, page)
        return found if again or page == 1 else RunList(found.total - 1, found.runs[1:])

    part = part_of(read, 90, 20, filtered=False)

    assert [each.id for each in part.runs] == list(range(59, 39, -1))
    assert reads == [(1, False), (2, False), (1, True), (2, True)]


def test_at_most_twenty_sections_are_read() -> None:
    """More would use up GitHub's hourly rate limit; the total counts the runs that were found."""
    listed = Listed(list(range(25_000)), filtered=True)

    part = part_of(listed, 100_000_000, 100, filtered=True)

    assert part.runs == ()
    assert 19_900 < part.total <= 20_000
    assert len(set(listed.asked)) <= 20 * 11
