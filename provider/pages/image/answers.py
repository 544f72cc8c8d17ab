"""What the page of an image says first: what a person can do about its status, and who may. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from catalog.image import DependencyDocument, DiscoveryStatus, Evidence, Failure, Image, Role, Status
from provider.domain.duration import InvalidDuration, parse_duration

_WAITS = {
    Status.REBUILDING: "Nothing to do: the result is read when the run has ended.",
    Status.DUE: "Nothing to do: the rebuild starts by itself as soon as it may.",
    Status.WAITING: "Nothing to do: the rebuild starts by itself. An emergency rebuild does not wait.",
    Status.UP_TO_DATE: "Nothing to do.",
    Status.WATCHED: "Nothing to do: it is only watched.",
}
_DEFAULT_DELAY = "7d"


def next_step(image: Image) -> str:
    """What a person can do about the status of the image, in a sentence or two."""
    match image.status:
        case Status.HELD if image.hold:
            return "Release it, and automatic rebuilds start again. A rebuild that somebody asks for does not wait."
        case Status.HELD:
            return "It needs a person: rebuild it now, or change what holds it."
        case Status.FAILED:
            return "Correct what failed, then rebuild it. Otherwise the next attempt follows when a base changes again."
        case Status.UNVERIFIED:
            return "A rebuild makes it certain."
        case Status.UNKNOWN:
            return "Correct what is named here, if anything is; then check again."
        case Status.ERROR:
            return "Correct it, then check again. It is also checked by itself."
        case _:
            return _WAITS[image.status]


def who_may(image: Image, offered: Collection[str]) -> str:
    """Who may do what the caller may not; empty where the caller may do everything.

    Args:
        image: the image.
        offered: the kinds of requests that the caller may make.
    """
    wanted = {"rebuild": "rebuild it", "emergency": "ask for an emergency rebuild", "skip": "hold it or skip a digest"}
    if image.no_build is not None:
        wanted = {"skip": wanted["skip"]}
    if image.role is not Role.MANAGED:
        wanted = {"emergency": "ask for an emergency rebuild of everything that is built from it"}
    missing = [words for kind, words in wanted.items() if kind not in offered and not _holds(kind, offered)]
    if not missing:
        return ""
    owner = image.acting_owner if image.role is Role.MANAGED else None
    who = f"{owner} and admins" if owner else "Admins"
    return f"{who} may {', '.join(missing[:-1])}{' and ' if missing[:-1] else ''}{missing[-1]}; you may not."


def _holds(kind: str, offered: Collection[str]) -> bool:
    return kind == "skip" and bool({"hold", "release"} & set(offered))


def other_error(image: Image) -> Failure | None:
    """The last error, where the status does not say it already."""
    error = image.last_error
    if error is None or _says(image.reason, error.message):
        return None
    return error


def discovery_problem(image: Image) -> str | None:
    """Why the Dockerfile could not be read, where neither the status nor the last error says it."""
    found = image.discovery
    if found is None or found.status is not DiscoveryStatus.FAILED:
        return None
    message = found.error or "The Dockerfile could not be read."
    known = f"{image.reason} {image.last_error.message if image.last_error else ''}"
    return None if _says(known, message) else message


_UNITS = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
    (timedelta(seconds=1), "second"),
)


def waits(image: Image, dependency: DependencyDocument, now: datetime) -> str:
    """The age of the newest digest against the delay: `3 of 7 days`; empty where it waits for nothing."""
    seen = dependency.newest_since
    if seen is None or not dependency.ages or dependency.newest == dependency.built_on:
        return ""
    delay = _delay(image)
    age = min(now - seen, delay)
    if age >= delay:
        return ""
    unit, word = next(((unit, word) for unit, word in _UNITS if delay >= unit), _UNITS[-1])
    number = f"{delay / unit:g}"
    return f"{age // unit} of {number} {word}{'' if number == '1' else 's'} of its delay"


def _delay(image: Image) -> timedelta:
    written = (image.enrollment or {}).get("rebuildDelay")
    try:
        return parse_duration(written if isinstance(written, str) else _DEFAULT_DELAY)
    except InvalidDuration:
        return parse_duration(_DEFAULT_DELAY)


EVIDENCE_MEANS = {
    Evidence.VERIFIED: "the image that the rebuild made contains this digest",
    Evidence.PASSED: "the rebuild gave this digest to the workflow; the image does not show whether it was used",
    Evidence.LABEL: "a label of the image names it; whoever built the image wrote the label",
    Evidence.LAYERS: "the lowest layers of the image are those of this digest",
    Evidence.MISMATCH: "the rebuild gave this digest to the workflow, but the image contains another one",
    Evidence.ASSUMED: "the tag pointed to it when the image was enrolled; nothing shows that it was built from it",
}
"""What each evidence means, the surest first."""


def _says(text: str, message: str) -> bool:
    return _plain(message) in _plain(text)


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".")
