"""Labels and signs of images on pages: statuses, dependencies, links, enrollments."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import yaml

from catalog.image import Conclusion, DependencyRole, Evidence, Status


@dataclass(frozen=True, slots=True)
class Sign:
    """An icon and a word; `tone` selects the colour, which adds no meaning of its own."""

    icon: str
    word: str
    tone: str


FAILURE_ICON = "✕"
"""The one icon of what failed, whatever it is: an image, a rebuild, a workflow run, a poll."""

SUCCESS_ICON = "✓"
"""The one icon of what succeeded or is as it should be."""

FAILED = Sign(FAILURE_ICON, "Failed", "bad")
"""The one sign of a failure."""

_STATUSES = {
    Status.ERROR: Sign(FAILURE_ICON, "Error", "bad"),
    Status.REBUILDING: Sign("↻", "Rebuilding", "busy"),
    Status.FAILED: FAILED,
    Status.DUE: Sign("▶", "Due", "busy"),
    Status.HELD: Sign("‖", "Held", "wait"),
    Status.WAITING: Sign("◷", "Waiting", "wait"),
    Status.UP_TO_DATE: Sign(SUCCESS_ICON, "Up to date", "good"),
    Status.WATCHED: Sign("◉", "Watched", "calm"),
    Status.UNKNOWN: Sign("?", "Unknown", "wait"),
    Status.UNVERIFIED: Sign("≈", "Unverified", "wait"),
}
_CONCLUSIONS = {
    Conclusion.SUCCESS: Sign(SUCCESS_ICON, "Success", "good"),
    Conclusion.FAILURE: FAILED,
    Conclusion.CANCELLED: Sign("‖", "Cancelled", "wait"),
    Conclusion.TIMED_OUT: Sign(FAILURE_ICON, "Timed out", "bad"),
}
_PURPOSES = {
    DependencyRole.FINAL: "Final image",
    DependencyRole.STAGE: "Build stage",
    DependencyRole.UNUSED: "Not used by this build",
    DependencyRole.SYNTAX: "Dockerfile syntax",
}
_USES = {
    "from": "FROM",
    "copy-from": "COPY --from",
    "mount-from": "RUN --mount",
    "syntax": "# syntax=",
    "by-hand": "images.yaml",
    "label": "label of the image",
}
_EVIDENCE = {
    Evidence.PASSED: "passed to the build",
    Evidence.VERIFIED: "verified in the built image",
    Evidence.MISMATCH: "passed, but the built image contains another digest",
    Evidence.LABEL: "from a label of the image",
    Evidence.LAYERS: "from the layers of the image",
    Evidence.ASSUMED: "assumed: nothing shows it",
}
_DOUBTFUL = frozenset({Evidence.MISMATCH, Evidence.ASSUMED})


def status_sign(status: str) -> Sign:
    """The sign of a status."""
    return _STATUSES[Status(status)]


def conclusion_sign(conclusion: str) -> Sign:
    """The sign of a conclusion."""
    return _CONCLUSIONS[Conclusion(conclusion)]


def purpose_label(role: DependencyRole) -> str:
    """What the build uses a dependency for."""
    return _PURPOSES[role]


def evidence_label(evidence: Evidence) -> str:
    """How it is known which digest an image was built from."""
    return _EVIDENCE[evidence]


def is_doubtful(evidence: Evidence) -> bool:
    """Whether the evidence does not show that the image was built from the digest."""
    return evidence in _DOUBTFUL


def instruction_label(kind: str) -> str:
    """The Dockerfile instruction, or the other place, that names a dependency; an unknown kind is shown as it is."""
    return _USES.get(kind, kind)


def web_address(text: str | None) -> str | None:
    """The text if it is an http or https address and may become a link; else None."""
    try:
        url = urlsplit(text or "")
    except ValueError:
        return None
    return text if url.scheme in {"http", "https"} and url.netloc else None


def as_yaml(document: Mapping[str, object]) -> str:
    """The document as YAML, as in images.yaml."""
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True)


def short_digest(digest: str | None) -> str:
    """The algorithm and the first twelve characters of a digest; empty for None."""
    algorithm, _, characters = (digest or "").partition(":")
    return f"{algorithm}:{characters[:12]}" if characters else algorithm
