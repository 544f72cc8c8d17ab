"""Lists of tags: which of them are releases, the highest ones, and a memory to know the list by. Pure."""

import hashlib
import heapq
from collections.abc import Iterable

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.versions.order import ORDER_RULES, precedence
from provider.tracker.decisions.wanted import WantedVersions


def is_release(tag: str, wanted: WantedVersions) -> bool:
    """Whether a tag of this name is a release that is wanted."""
    in_form = wanted.tag_form is TagForm.ANY or precedence(tag, wanted.tag_form) is not None
    return in_form and wanted.passes(tag)


def highest(tags: Iterable[str], form: TagForm, most: int) -> list[str]:
    """The `most` highest versions, highest first; names without a version are none of them."""
    ordered = ((place, tag) for tag in tags if (place := precedence(tag, form)) is not None)
    return [tag for _, tag in heapq.nlargest(most, ordered)]


def memory_of(wanted: WantedVersions, lines: Iterable[str]) -> str:
    """A text that is another one for another filter, or for other lines (without breaks in them), in their order.

    Other rules of versions give another one too, so that a list is read again by them.
    """
    hashed = hashlib.sha256("\n".join(lines).encode())
    return f"{ORDER_RULES} {wanted.tag_form.value}{wanted.filter_key} {hashed.hexdigest()}"
