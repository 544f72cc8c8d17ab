"""The contract of what build systems reported, over each database and the fake."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.image import Conclusion
from provider.domain.build_request import Run
from provider.domain.events import BuildReported
from provider.ports import BuildReports
from provider.store.operations.build_reports import SqlBuildReports
from tests.databases import KINDS, migrated_engine
from tests.fakes.build_reports import FakeBuildReports
from tests.provider.store.samples import NOW

URL = "https://ci.example.org/1"


@pytest.fixture(params=["fake", *KINDS])
def reports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BuildReports]:
    """An empty store of each kind."""
    if request.param == "fake":
        yield FakeBuildReports()
        return
    with migrated_engine(request.param, tmp_path) as engine:
        yield SqlBuildReports(engine)


def test_nothing_is_known_of_a_rebuild_that_was_not_reported(reports: BuildReports) -> None:
    """Also where another one with a similar id was."""
    reports.note(BuildReported("r-12", "running", None, None), NOW)

    assert reports.last("r-1") is None


def test_the_last_report_counts(reports: BuildReports) -> None:
    """With its address and, for an end, its time."""
    for status in ("queued", "running"):
        reports.note(BuildReported("r-1", status, None, URL), NOW)
    assert reports.last("r-1") == Run("r-1", URL, "running", None)

    reports.note(BuildReported("r-1", "completed", Conclusion.TIMED_OUT, None), NOW + timedelta(minutes=1))

    assert reports.last("r-1") == Run("r-1", None, "completed", Conclusion.TIMED_OUT, NOW + timedelta(minutes=1))


@pytest.mark.parametrize("later", ["running", "success"])
def test_a_build_that_has_ended_stays_as_it_ended(reports: BuildReports, later: str) -> None:
    """Reports can come twice, and in another order than they were sent."""
    reports.note(BuildReported("r-1", "failure", None, URL), NOW)
    reports.note(BuildReported("r-1", later, None, None), NOW + timedelta(minutes=1))

    assert reports.last("r-1") == Run("r-1", URL, "completed", Conclusion.FAILURE, NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_reports_do_not_stay_for_ever(tmp_path: Path, kind: str) -> None:
    """After a month the next report removes them; by then their rebuilds have ended."""
    with migrated_engine(kind, tmp_path) as engine:
        reports = SqlBuildReports(engine)
        reports.note(BuildReported("r-1", "success", None, URL), NOW)
        reports.note(BuildReported("r-2", "running", None, URL), NOW + timedelta(days=29))
        assert reports.last("r-1") is not None
        reports.note(BuildReported("r-3", "running", None, URL), NOW + timedelta(days=31))

        assert reports.last("r-1") is None
        assert reports.last("r-2") is not None
