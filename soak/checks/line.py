"""The result of a check: one line. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that must hold.

    Attributes:
        name: what must hold.
        holds: whether it does.
        found: what was counted or measured, in a few words.
        faults: what was found wrong, one each.
    """

    name: str
    holds: bool
    found: str
    faults: Sequence[str] = ()

    @property
    def verdict(self) -> str:
        """`holds` or `FAILED`."""
        return "holds" if self.holds else "FAILED"


def line(name: str, found: str, faults: Collection[str]) -> Line:
    """A line that holds if nothing was found wrong; its text has the first of what was."""
    shown = sorted(faults)
    if not shown:
        return Line(name, holds=True, found=found)
    rest = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return Line(name, holds=False, found=f"{found}: {'; '.join(shown[:_SHOWN])}{rest}", faults=shown)
