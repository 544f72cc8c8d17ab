"""Commit messages: what was done, why, and who asked. Pure, and safe with text from outside."""

import re
import textwrap
from collections.abc import Iterable

from provider.git.texts import one_line, shortened

SUBJECT_WIDTH = 72
_REASON_LENGTH = 500
_TRAILER_LENGTH = 200
_TRAILER_KEY = re.compile(r"[A-Z][a-z]*(-[a-z]+)*")


def commit_message(subject: str, reasons: Iterable[str] = (), trailers: Iterable[tuple[str, str]] = ()) -> str:
    """One commit's message.

    Args:
        subject: what the commit does; shortened to 72 characters.
        reasons: why, one bullet each.
        trailers: key and value, such as ("Requested-by", "user:default/anna"); empty values are left out.

    Raises:
        ValueError: the subject says nothing, or a trailer's key is not spelled like `Requested-by`.
    """
    title = shortened(one_line(subject), SUBJECT_WIDTH)
    if not title:
        raise ValueError("a commit message needs a subject")
    paragraphs = (title, "\n".join(map(_bullet, _said(reasons))), "\n".join(_trailers(trailers)))
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


def _trailers(trailers: Iterable[tuple[str, str]]) -> Iterable[str]:
    for key, value in trailers:
        if not _TRAILER_KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not a valid trailer key; write it like Requested-by")
        if said := shortened(one_line(value), _TRAILER_LENGTH):
            yield f"{key}: {said}"
