"""The author of the service's commits, as git writes it: NAME <EMAIL>."""

import re
from dataclasses import dataclass

from environs import ValidationError

from provider.domain.enrollment_grammar import shown

_WRITTEN = re.compile(r"(?P<name>[^<>]*[^<>\s]) <(?P<email>[^<>\s]+@[^<>\s]+)>")


@dataclass(frozen=True, slots=True)
class CommitAuthor:
    """The name and the mail address of author and committer."""

    name: str
    email: str

    @classmethod
    def parse(cls, text: str) -> "CommitAuthor":
        """The author.

        Raises:
            ValidationError: it has no name or no address.
        """
        found = _WRITTEN.fullmatch(text)
        if found is None or not text.isprintable():
            raise ValidationError(
                f"{shown(text)} is no author; write for example Image Factory <image-factory@example.com>"
            )
        return cls(found["name"].strip(), found["email"])
