"""How the pages show statuses, links and enrollments."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import yaml

from catalog.image import Conclusion, Status


@dataclass(frozen=True, slots=True)
class Sign:
    """An icon and a word; `tone` picks the colour, which only repeats what the two say."""

    icon: str
    word: str
    tone: str


_STATUSES = {
    Status.ERROR: Sign("✕", "Error", "bad"),
    Status.REBUILDING: Sign("↻", "Rebuilding", "busy"),
    Status.FAILED: Sign("!", "Failed", "bad"),
    Status.DUE: Sign("▶", "Due", "busy"),
    Status.HELD: Sign("‖", "Held", "wait"),
    Status.WAITING: Sign("◷", "Waiting", "wait"),
    Status.UP_TO_DATE: Sign("✓", "Up to date", "good"),
    Status.WATCHED: Sign("◉", "Watched", "calm"),
    Status.UNKNOWN: Sign("?", "Unknown", "calm"),
}
_CONCLUSIONS = {
    Conclusion.SUCCESS: Sign("✓", "Success", "good"),
    Conclusion.FAILURE: Sign("✕", "Failure", "bad"),
    Conclusion.CANCELLED: Sign("‖", "Cancelled", "wait"),
    Conclusion.TIMED_OUT: Sign("◷", "Timed out", "bad"),
}


def status_sign(status: str) -> Sign:
    """The sign of a status."""
    return _STATUSES[Status(status)]


def conclusion_sign(conclusion: str) -> Sign:
    """The sign of a conclusion."""
    return _CONCLUSIONS[Conclusion(conclusion)]


def web_address(text: str | None) -> str | None:
    """The text where it is an http or https address, which may become a link; else None."""
    try:
        url = urlsplit(text or "")
    except ValueError:
        return None
    return text if url.scheme in {"http", "https"} and url.netloc else None


def as_yaml(document: Mapping[str, object]) -> str:
    """The document as images.yaml would have it."""
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True)


def short_digest(digest: str | None) -> str:
    """Enough of a digest to tell it from its neighbours."""
    algorithm, _, characters = (digest or "").partition(":")
    return f"{algorithm}:{characters[:12]}" if characters else algorithm
