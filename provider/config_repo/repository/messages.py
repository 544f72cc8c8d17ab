"""Commit messages: what was done, and why. Pure, and safe with text from outside."""

import textwrap
from collections.abc import Iterable

from provider.git.texts import one_line, shortened

SUBJECT_WIDTH = 72
_REASON_LENGTH = 500


def commit_message(subject: str, reasons: Iterable[str] = ()) -> str:
    """One commit's message.

    Args:
        subject: what the commit does; shortened to 72 characters.
        reasons: why, one bullet each.

    Raises:
        ValueError: the subject says nothing.
    """
    title = shortened(one_line(subject), SUBJECT_WIDTH)
    if not title:
        raise ValueError("a commit message needs a subject")
    paragraphs = (title, "\n".join(map(_bullet, _said(reasons))))
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _said(reasons: Iterable[str]) -> Iterable[str]:
    return filter(None, (shortened(one_line(reason), _REASON_LENGTH) for reason in reasons))


def _bullet(reason: str) -> str:
    return textwrap.fill(
        reason,
        width=SUBJECT_WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        # Addresses and digests stay whole, to be found by searching.
        break_long_words=False,
        break_on_hyphens=False,
    )
