"""What became of each event, as a sentence for a person. Pure."""

from collections.abc import Collection, Iterable, Mapping

from catalog.reference import ImageReference
from provider.domain.events import BuildReported, Event, ImagePushed, Pinged, RunChanged, SourcePushed
from provider.domain.snapshot import Snapshot
from provider.services.monitoring import CheckResult, UnreadDigest
from provider.services.reacting.wanted import Wanted, built_from, in_progress, named_by
from proxy.errors import KeptBack, OutsideFailure

_MOST_NAMES = 5


def outcome_of(
    snapshot: Snapshot,
    wanted: Wanted,
    event: Event,
    unread: Collection[str],
    results: Mapping[ImageReference, CheckResult],
) -> str | None:
    """What was done about an event; None: it has to be done again.

    Args:
        snapshot: before the reaction, with the enrollments that it applied.
        wanted: what the reaction did.
        event: one of its events.
        unread: the images whose Dockerfiles could not be read in time; they are read soon.
        results: of the checks.
    """
    match event:
        case SourcePushed():
            return _pushed(built_from(snapshot, event), unread, applied=event in wanted.config)
        case ImagePushed():
            names = named_by(snapshot, event.image)
            return _checked(names, results.get(event.image), followed=_only_followed(snapshot, names))
        case RunChanged() | BuildReported():
            names = in_progress(snapshot, event)
            if not names:
                return "no rebuild in progress belongs to this run"
            return f"followed the rebuild of {_listed(names)}"
        case Pinged():
            return "answered"
        case _:
            return "nothing to do"


def _pushed(names: set[str], unread: Collection[str], *, applied: bool) -> str:
    done = ["applied the enrollments"] if applied else []
    if read := names.difference(unread):
        done.append(f"read the Dockerfiles of {_listed(read)}")
    if late := names.intersection(unread):
        done.append(f"the Dockerfiles of {_listed(late)} could not be read in time, and are read soon")
    return "; ".join(done) or "no image is built from this branch"


def _checked(names: set[str], result: CheckResult | None, *, followed: bool) -> str | None:
    if not names:
        return "not tracked"
    if followed:
        return f"followed the rebuild of {_listed(names)}"
    failure = result.failure if isinstance(result, UnreadDigest) else result
    match failure:
        case None:
            return None
        case KeptBack(retry_at=None):
            return None
        case OutsideFailure():
            return f"{_listed(names)} cannot be checked now, and is checked again later: {failure}"
        case _:
            return f"checked {_listed(names)}"


def _only_followed(snapshot: Snapshot, names: set[str]) -> bool:
    """Whether every one of them is being built: then no check was made."""
    return bool(names) and all(name in snapshot.images and snapshot.images[name].active for name in names)


def _listed(names: Iterable[str]) -> str:
    every = sorted(names)
    more = len(every) - _MOST_NAMES
    return ", ".join([*every[:_MOST_NAMES], *([f"{more} more"] if more > 0 else [])])
