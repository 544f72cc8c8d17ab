"""The period in the address of a list."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import UnprocessableEntity

from provider.pages.records.periods import ListPeriod

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "since", "until", "words"),
    [
        ({}, NOW - timedelta(days=7), None, "in the last 7 days"),
        ({"last": "24h"}, NOW - timedelta(hours=24), None, "in the last 24 hours"),
        ({"last": "90d"}, NOW - timedelta(days=90), None, "in the last 90 days"),
        ({"last": "all"}, None, None, ""),
        ({"since": "2026-03-01"}, datetime(2026, 3, 1, tzinfo=UTC), None, "from 2026-03-01"),
        ({"until": "2026-03-01"}, None, datetime(2026, 3, 2, tzinfo=UTC), "until 2026-03-01"),
        (
            {"since": "2026-02-28", "until": "2026-03-01", "last": "24h"},
            datetime(2026, 2, 28, tzinfo=UTC),
            datetime(2026, 3, 2, tzinfo=UTC),
            "from 2026-02-28 to 2026-03-01",
        ),
    ],
)
def test_a_period_ends_now_or_consists_of_whole_days(
    arguments: dict[str, str], since: datetime | None, until: datetime | None, words: str
) -> None:
    """Days are in UTC, and the last one belongs to the period; a form sends both, and then the days count."""
    period = ListPeriod.of(arguments, "7d")

    assert period.bounds(NOW) == (since, until)
    assert period.words == words


@pytest.mark.parametrize(
    "arguments",
    [
        {"last": "7"},
        {"last": "1y"},
        {"since": "yesterday"},
        {"since": "2026-3-1"},
        {"since": "20260301"},
        {"since": "2026-03-01T00:00:00Z"},
        {"until": "2026-02-30"},
        {"until": "0001-01-01"},
        {"until": "9999-12-31"},
    ],
)
def test_a_period_that_cannot_be_read_is_refused(arguments: dict[str, str]) -> None:
    """A list of another period would look like the answer."""
    with pytest.raises(UnprocessableEntity):
        ListPeriod.of(arguments, "7d")


def test_the_api_gets_the_same_period() -> None:
    """It has times where the page has days."""
    assert ListPeriod.of({"until": "2026-03-01"}, "7d").api_parameters(NOW) == {"until": "2026-03-02T00:00:00Z"}
    assert ListPeriod.of({}, "24h").api_parameters(NOW) == {"since": "2026-03-09T12:00:00Z"}
    assert ListPeriod.of({}, "all").api_parameters(NOW) == {}


def test_only_longer_periods_are_offered_where_nothing_is_found() -> None:
    """After days, that is any time."""
    assert [label for label, _ in ListPeriod.of({}, "30d").longer] == ["90 days", "Any time"]
    assert [label for label, _ in ListPeriod.of({"since": "2026-03-01"}, "30d").longer] == ["Any time"]
    assert ListPeriod.of({"last": "all"}, "30d").longer == []


@given(
    st.sampled_from(["24h", "7d", "30d", "90d", "all"]), st.sampled_from(["24h", "7d", "all"]), st.none() | st.dates()
)
def test_an_address_leads_back_to_its_period(last: str, usual: str, day: object) -> None:
    """Whatever is usual on the page; years that no list has are refused before."""
    text = "" if day is None or not "1970" <= str(day)[:4] <= "9998" else str(day)
    period = ListPeriod.of({"last": last, "since": text}, usual)

    assert ListPeriod.of(period.parameters, usual) == period
    assert sum(chosen for _, _, chosen in period.choices) == (not text)
