"""The builds of each week as bars, for an SVG picture. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from provider.domain.simulation.figures import Simulated

WIDTH, HEIGHT = 600, 60
_GAP = 0.2


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the units of the picture; `builds` is what it stands for."""

    x: float
    y: float
    width: float
    height: float
    builds: int


@dataclass(frozen=True, slots=True)
class BarRow:
    """The bars of one policy; all rows have one scale, in which `most` is the largest number of all policies."""

    label: str
    bars: tuple[Bar, ...]
    most: int

    @property
    def text(self) -> str:
        """What the picture shows, as a sentence."""
        numbers = [bar.builds for bar in self.bars]
        weeks = f"{len(numbers)} {'week' if len(numbers) == 1 else 'weeks'}"
        return f"{self.label}: from {min(numbers):,} to {max(numbers):,} builds a week over {weeks}"


def bar_rows(found: Simulated) -> Sequence[BarRow]:
    """A row for each policy; none where the period is empty."""
    most = max((builds for column in found.columns for builds in column.weeks), default=0)
    return [BarRow(column.label, _bars(column.weeks, most), most) for column in found.columns if column.weeks]


def _bars(weeks: Sequence[int], most: int) -> tuple[Bar, ...]:
    step = WIDTH / len(weeks)
    return tuple(
        Bar(
            round((place + _GAP / 2) * step, 1),
            round(HEIGHT - height, 1),
            round(step * (1 - _GAP), 1),
            round(height, 1),
            builds,
        )
        for place, builds in enumerate(weeks)
        for height in [HEIGHT * builds / most if most else 0.0]
    )
