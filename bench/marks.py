"""A mark: a measured value, its peer and its goal. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the results.

    Attributes:
        name: the name of the measurement.
        value: a ratio, or a count.
        unit: the unit of the value: `x nvchecker`.
        goal: the value to reach.
        at_most: the goal is the highest good value, not the lowest.
    """

    name: str
    value: float
    unit: str
    goal: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Whether the value, without rounding, reaches the goal."""
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    @property
    def verdict(self) -> str:
        """`met` or `MISSED`."""
        return "met" if self.met else "MISSED"


def lines(marks: Iterable[Mark]) -> list[str]:
    """A line for each mark, in columns with three spaces between them."""
    rows = [
        (
            mark.name,
            f"{_number(mark.value)} {mark.unit}",
            f"goal {'at most ' if mark.at_most else ''}{mark.goal:g}",
            mark.verdict,
        )
        for mark in marks
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def summary(marks: Iterable[Mark]) -> str:
    """How many marks were met, and which were missed."""
    every = list(marks)
    missed = [mark.name for mark in every if not mark.met]
    met = f"{len(every) - len(missed)} of {len(every)} marks met"
    return f"{met}; MISSED: {', '.join(missed)}" if missed else met


def _number(value: float) -> str:
    """With two decimals if they are significant: 0.95, 3.12, 83, 0."""
    return f"{value:.0f}" if value >= 20 or value == int(value) else f"{value:.2f}"
