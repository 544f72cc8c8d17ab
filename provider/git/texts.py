"""Makes text from outside printable in one line of a message. Pure."""

import unicodedata

# Control, format (text direction) and surrogate characters, line and paragraph separators.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def one_line(text: str) -> str:
    """The text without control characters and line breaks; runs of white space become one space."""
    printable = "".join(" " if unicodedata.category(character) in _UNPRINTABLE else character for character in text)
    return " ".join(printable.split())


def shortened(text: str, width: int) -> str:
    """The text, or its beginning and '…' where it is longer than `width` characters."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
