"""The rules for fields that people fill in. Each `*_problem` returns what is wrong with a value, or None. Pure."""

import re
from collections.abc import Sequence

from catalog.addresses import is_web_address

LONGEST_NAME = 200
LONGEST_NOTES = 10_000
LONGEST_VERSION = 300
LONGEST_REASON = 500
LONGEST_URL = 2_000
LONGEST_RELEASE_NOTES = 200_000
LONGEST_LABEL = 50
MOST_LABELS = 20
_LABEL = re.compile(rf"[\w.:/-]{{1,{LONGEST_LABEL}}}")
_BETWEEN_LABELS = re.compile(r"[,\s]+")


def name_problem(text: str) -> str | None:
    """A name: one line that is not blank."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_NAME:
        return f"a name must be one line of 1 to {LONGEST_NAME} characters"
    return None


def notes_problem(text: str, longest: int = LONGEST_NOTES) -> str | None:
    """Notes: any text, up to a length."""
    return f"notes must have at most {longest} characters; these have {len(text)}" if len(text) > longest else None


def label_problem(text: str) -> str | None:
    """A label: a short word that can be written in a list."""
    if _LABEL.fullmatch(text):
        return None
    return f"{text[:40]!r} is not a label; use 1 to {LONGEST_LABEL} letters, numbers and . _ : / - without spaces"


def labels_problem(labels: Sequence[str]) -> str | None:
    """Labels: each one once, and not too many."""
    if len(labels) > MOST_LABELS:
        return f"a repository has at most {MOST_LABELS} labels; these are {len(labels)}"
    if len(set(labels)) < len(labels):
        return "each label must occur once"
    return next(filter(None, map(label_problem, labels)), None)


def parsed_labels(text: str) -> tuple[tuple[str, ...], str | None]:
    """The labels of a text that separates them by commas or spaces, and what is wrong with them."""
    labels = tuple(dict.fromkeys(_BETWEEN_LABELS.split(text.strip()))) if text.strip() else ()
    return labels, labels_problem(labels)


def reason_problem(text: str) -> str | None:
    """A reason: one line that is not blank."""
    if not text.strip() or not text.strip().isprintable() or len(text) > LONGEST_REASON:
        return f"a reason must be one line of 1 to {LONGEST_REASON} characters"
    return None


def version_problem(text: str) -> str | None:
    """The version of a release: one line without spaces at its ends."""
    if not text or text != text.strip() or not text.isprintable() or len(text) > LONGEST_VERSION:
        return f"a version must be one line of 1 to {LONGEST_VERSION} characters, without spaces at its ends"
    return None


def url_problem(text: str) -> str | None:
    """A web address that may become a link, never `javascript:` for example."""
    if is_web_address(text) and len(text) <= LONGEST_URL:
        return None
    return "not a web address; write an address that begins with https:// and contains no credentials"
