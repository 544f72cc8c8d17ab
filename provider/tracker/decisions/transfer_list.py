"""A plain list of addresses, one per line, as people have it in a file or a chat. Pure."""

import re
from collections.abc import Iterator

from provider.tracker.decisions.addresses import GITHUB_SITE
from provider.tracker.decisions.transfer import Record, TransferEntry, entries_of

# `#` begins a comment at the start of a line or after a space; inside an address it is a part of it.
_COMMENT = re.compile(r"(?:^|\s)#.*")


def entries_of_list(text: str, *, github_site: str = GITHUB_SITE) -> tuple[TransferEntry, ...]:
    """Parse a list of addresses; blank lines and comments after `#` are left out.

    Raises:
        InvalidTransfer: has all problems.
    """
    return entries_of(_records(text.removeprefix("\ufeff")), github_site=github_site)


def _records(text: str) -> Iterator[Record]:
    # Only line breaks of files: other characters that Python counts as line breaks would shift the line numbers.
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if address := _COMMENT.sub("", line).strip():
            yield Record(number, {"url": address})
