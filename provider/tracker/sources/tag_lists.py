"""Lists of tags: which of them are releases, the highest ones, and a memory to know the list by. Pure."""

import hashlib
import heapq
from collections.abc import Iterable

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.version_order import precedence


def is_release(tag: str, form: TagForm) -> bool:
    """Whether a tag of this name is a release in that form."""
    return form is TagForm.ANY or precedence(tag, form) is not None


def highest(tags: Iterable[str], form: TagForm, most: int) -> list[str]:
    """The `most` highest versions, highest first; names without a version are none of them."""
    ordered = ((place, tag) for tag in tags if (place := precedence(tag, form)) is not None)
    return [tag for _, tag in heapq.nlargest(most, ordered)]


def memory_of(form: TagForm, lines: Iterable[str]) -> str:
    """A text that is another one for another form, or for other lines (without breaks in them); their order counts."""
    hashed = hashlib.sha256("\n".join(lines).encode())
    return f"{form.value} {hashed.hexdigest()}"
