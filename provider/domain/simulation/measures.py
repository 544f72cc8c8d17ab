"""The figures as rows for people: a label, one sentence that explains it, and a text for each policy. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from catalog.times import utc_day
from provider.domain.simulation.figures import Fate, Peak, PolicyFigures, Simulated

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_LENGTHS = ((_DAY, "day"), (timedelta(hours=1), "hour"))


@dataclass(frozen=True, slots=True)
class Measure:
    """One row.

    Attributes:
        label: what it is, in a few words.
        meaning: a sentence that explains it.
        texts: the figure of each policy, in the order of `Simulated.columns`.
    """

    label: str
    meaning: str
    texts: tuple[str, ...]


def measures_of(found: Simulated) -> Sequence[Measure]:
    """The rows of the table."""
    return [
        Measure(label, meaning, tuple(shown(found, column) for column in found.columns))
        for label, meaning, shown in _MEASURES
    ]


def days(time: timedelta | None) -> float | None:
    """The time in days, to a tenth."""
    return None if time is None else round(time / _DAY, 1)


def days_text(time: timedelta | None) -> str:
    """The time in days: `12.5`, `<0.1` for less than that, and `-` for none."""
    found = days(time)
    return "<0.1" if time and not found else _number(found)


def fates_of(column: PolicyFigures, fate: Fate) -> int:
    """The builds on digests with this fate."""
    return column.fates.get(fate, 0)


def length_text(time: timedelta) -> str:
    """The length of the period: `40 days`, `5 hours`, `12 minutes`."""
    number, word = next(
        ((time // unit, word) for unit, word in _LENGTHS if time >= 2 * unit), (time // _MINUTE, "minute")
    )
    return f"{number} {word}{'' if number == 1 else 's'}"


def worst_lines(found: Simulated) -> Iterator[tuple[str, str]]:
    """For each policy, the images that were behind for longest: `portal 12.3 days, api 10 days`."""
    for column in found.columns:
        worst = ", ".join(f"{each.name} {days_text(each.time)} days" for each in column.worst)
        yield column.label, worst or "no image was behind"


def _peak(peak: Peak | None, *, hour: bool) -> str:
    if peak is None:
        return "0"
    at = peak.at.replace(minute=0) if hour else peak.at
    return f"{peak.builds:,} ({utc_day(at, with_year=False)}, {at:%H:%M} UTC)"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}".removesuffix(".0")


def _a_week(found: Simulated, column: PolicyFigures) -> str:
    average = column.builds_a_week(found.since, found.until)
    return _number(None if average is None else round(average, 1))


_MEASURES: tuple[tuple[str, str, Callable[[Simulated, PolicyFigures], str]], ...] = (
    ("Builds", "Builds that started in the period.", lambda _, column: f"{column.builds:,}"),
    ("Builds a week", "The average over the period, if that is a week or more.", _a_week),
    (
        "Busiest hour",
        "The most builds that started within one hour.",
        lambda _, column: _peak(column.busiest_hour, hour=True),
    ),
    (
        "Most at a time",
        "The most builds that ran at the same time.",
        lambda _, column: _peak(column.most_at_once, hour=False),
    ),
    (
        "Days behind, median",
        "For half of the images at most so long: the days on which a base image, also of a parent, had a newer one.",
        lambda _, column: days_text(column.median_behind),
    ),
    (
        "On withdrawn digests",
        "Builds on a digest that was withdrawn later: the tag went back to an earlier one, or the registry lost it.",
        lambda _, column: f"{fates_of(column, Fate.WITHDRAWN):,}",
    ),
    (
        "On replaced digests",
        "Builds on a digest that the tag had left for a newer one before the build started.",
        lambda _, column: f"{fates_of(column, Fate.REPLACED):,}",
    ),
    (
        "On repointed digests",
        "Builds on a digest that the tag had left for another index with the same images before the build started.",
        lambda _, column: f"{fates_of(column, Fate.REPOINTED):,}",
    ),
)
