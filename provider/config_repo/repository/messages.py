"""Commit messages: what was done, and why. Pure; text from outside is shortened and put on one line."""

import textwrap
from collections.abc import Iterable

from provider.git.texts import one_line, shortened

SUBJECT_WIDTH = 72
_REASON_LENGTH = 500


def commit_message(subject: str, reasons: Iterable[str] = (), requested_by: Iterable[str] = ()) -> str:
    """The message of one commit.

    Args:
        subject: what the commit does; it is shortened to 72 characters.
        reasons: why it does that; each is one bullet.
        requested_by: the people who asked for it; each is a line `Requested-by:` at the end.

    Raises:
        ValueError: the subject is empty.
    """
    title = shortened(one_line(subject), SUBJECT_WIDTH)
    if not title:
        raise ValueError("a commit message needs a subject")
    people = [f"Requested-by: {name}" for name in dict.fromkeys(_shown(requested_by))]
    paragraphs = (title, "\n".join(map(_bullet, _shown(reasons))), "\n".join(people))
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _shown(reasons: Iterable[str]) -> Iterable[str]:
    return filter(None, (shortened(one_line(reason), _REASON_LENGTH) for reason in reasons))


def _bullet(reason: str) -> str:
    return textwrap.fill(
        reason,
        width=SUBJECT_WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        # Addresses and digests stay on one line, so that a search finds them.
        break_long_words=False,
        break_on_hyphens=False,
    )
