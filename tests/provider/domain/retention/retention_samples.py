"""Rebuilds that have ended, at days after the start."""

from datetime import datetime

from catalog.image import Conclusion
from catalog.reference import Digest
from provider.domain.state import CauseState, RebuildStage, RebuildState, Target
from tests.provider.domain.samples import DAY, START

NOW = START + 60 * DAY


def on(day: int) -> datetime:
    """The time so many days after the start."""
    return START + day * DAY


def ended(
    number: int,
    day: int,
    key: str = "",
    causes: tuple[CauseState, ...] = (),
    targets: tuple[Target, ...] = (),
    conclusion: Conclusion = Conclusion.SUCCESS,
    result: Digest | None = None,
) -> RebuildState:
    """A rebuild that has ended."""
    return RebuildState(
        f"r-{number}", key or f"key-{number}", on(day), on(day), causes, targets, "", stage=RebuildStage.COMPLETED,
        completed_at=on(day), settled=True, conclusion=conclusion, result=result,
    )  # fmt: skip
