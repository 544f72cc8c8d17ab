"""The times of digests where the clock of a machine is or was wrong. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, ImageState

MOST_SKEW = timedelta(minutes=5)
"""The largest difference between our clock and those of other hosts with which anything is dispatched."""


def seen_at(now: datetime, ahead: timedelta | None) -> datetime:
    """The time that a digest is first seen at, if we see it now.

    It is our own time, unless our clock is behind those of other hosts: then it would count as older than it is. It is
    never earlier than our own time, because then a host could make its digests older by a wrong `Date`.

    Args:
        now: our time.
        ahead: by how much our clock is ahead of others; None where that is not known.
    """
    return now if ahead is None or ahead >= -MOST_SKEW else now - ahead


def none_in_the_future(now: datetime, snapshot: Snapshot) -> Changes:
    """The changes that correct digests which were first seen later than now: a machine whose clock was ahead saw them.

    They would wait, with all later ones, until that time has come. They count as seen now. Only for a clock that
    agrees with those of others.
    """
    changes = Changes()
    states: tuple[ImageState | BaseState, ...] = (*snapshot.images.values(), *snapshot.bases.values())
    for state in states:
        current = state.ledger.current
        if current is None or current.first_seen <= now + MOST_SKEW:
            continue
        ledger = state.ledger.no_later(now)
        match state:
            case ImageState():
                changes.images[state.name] = replace(state, ledger=ledger)
            case BaseState():
                changes.bases[state.name] = replace(state, ledger=ledger)
        changes.reasons.append(f"{state.name}: seen now, not {current.first_seen:%Y-%m-%d %H:%M:%S}, which is to come")
    return changes
