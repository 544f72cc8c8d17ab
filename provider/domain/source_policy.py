"""Rules about the source repositories that a file of enrollments may name without an admin."""

import re
from dataclasses import dataclass
from typing import get_args

from provider.domain.source_address import SourceProvider

_PATTERN = re.compile(rf"({'|'.join(get_args(SourceProvider))}):[!-~]+")


@dataclass(frozen=True, slots=True)
class SourceRule:
    """One rule of policy.yaml.

    Attributes:
        sources: `provider:repo`, where `*` matches any text without '/', and `**` matches any text.
        owners: entity references of the groups and users that may enroll from them.
    """

    sources: str
    owners: tuple[str, ...]


def pattern_problem(text: str) -> str | None:
    """None when the pattern is valid; otherwise what to write."""
    if _PATTERN.fullmatch(text):
        return None
    return "this is not a pattern of sources; write for example github:acme/* or git:https://git.example.org/**"
