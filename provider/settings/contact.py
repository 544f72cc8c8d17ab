"""Whom people ask for access: a mail address, a web page, or other words."""

import re
from dataclasses import dataclass

from environs import ValidationError

from catalog.addresses import is_web_address

_MAIL = re.compile(r"[^\s@<>?&]+@[^\s@<>?&]+\.[^\s@<>?&]+")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask.

    Attributes:
        text: as it is shown.
        link: the address that it leads to; None for other words.
    """

    text: str
    link: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Contact":
        """A mail address and an https address become links.

        Raises:
            ValidationError: it has more than one line or too many characters.
        """
        if not text.isprintable() or len(text) > _LONGEST:
            raise ValidationError(
                f"not one line of at most {_LONGEST} characters; "
                "write a mail address, an https address, or for example #platform in Slack"
            )
        if _MAIL.fullmatch(text):
            return cls(text, f"mailto:{text}")
        return cls(text, text if text.startswith("https://") and is_web_address(text) else None)
