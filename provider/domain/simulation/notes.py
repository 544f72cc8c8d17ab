"""What the figures take for granted, in sentences for people. Pure."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from catalog.times import utc_day
from provider.domain.policy.authority import authority_of
from provider.domain.rebuild import cannot_be_built
from provider.domain.simulation.build_times import ASSUMED, BuildTimes
from provider.domain.simulation.completeness import complete_since
from provider.domain.simulation.histories import Histories
from provider.domain.simulation.policies import duration_text
from provider.domain.snapshot import Snapshot


def notes_of(
    asked_since: datetime, since: datetime, histories: Histories, counted: Collection[str], times: BuildTimes
) -> Iterator[str]:
    """The sentences, the most important first.

    Args:
        asked_since: when the period of the question begins.
        since: when the figures begin.
        histories: of the replay.
        counted: the images that the figures are about.
        times: how long builds take.
    """
    snapshot = histories.recorded
    if since > asked_since:
        yield _shorter(snapshot, since)
    if histories.start == since:
        yield (
            "The replays begin with what the images were built from when the figures begin, so in the first days a "
            "shorter delay catches up."
        )
    yield _build_times(counted, times)
    yield (
        "The replays use the entries, Dockerfiles and base images of today. Every build in them succeeds, and builds "
        "on the digests that it is given; signatures count as verified. Rebuilds that people asked for are repeated, "
        "holds and skipped digests are not."
    )
    if pushed := sum(push.name in counted and not push.first for push in histories.pushes):
        yield (
            f"{_count(pushed, 'image was', 'images were')} pushed by builds of others; each is taken to be built on "
            "the digests of that moment."
        )
    if gone := sum(seen.gone for base in snapshot.bases.values() for seen in base.ledger.observations):
        yield (
            f"{_count(gone, 'digest is', 'digests are')} no longer in the registry; since when is not recorded, "
            "so a replay takes each to be gone since its tag points to another one."
        )
    if idle := sum(_is_idle(snapshot, name) for name in counted):
        yield f"{_count(idle, 'image is', 'images are')} not rebuilt automatically by the entries of today."


def _shorter(snapshot: Snapshot, since: datetime) -> str:
    if complete_since(snapshot) == since:
        return f"Older parts of the histories were removed: the figures begin on {utc_day(since)}."
    return f"Nothing is known from before {utc_day(since)}: the figures begin there."


def _build_times(counted: Collection[str], times: BuildTimes) -> str:
    unknown = sum(name not in times.by_image for name in counted)
    if times.typical is None:
        return f"No build time was recorded: each build is assumed to take {duration_text(ASSUMED)}."
    typical = duration_text(_rounded(times.typical))
    if not unknown:
        return "Each build takes the median time of the recorded builds of its image."
    return (
        f"Each build takes the median time of the recorded builds of its image; {_count(unknown, 'image', 'images')} "
        f"without one: {typical}, the median of all."
    )


def _rounded(time: timedelta) -> timedelta:
    """To whole minutes from two minutes on."""
    return time if time < timedelta(minutes=2) else timedelta(minutes=round(time / timedelta(minutes=1)))


def _is_idle(snapshot: Snapshot, name: str) -> bool:
    image = snapshot.images[name]
    authority = authority_of(snapshot.policy, image.enrollment)
    return not image.enrollment.auto_rebuild or cannot_be_built(image, authority) is not None


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
