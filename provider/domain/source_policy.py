"""Which source repositories a file of enrollments may name without an admin."""

import re
from dataclasses import dataclass
from typing import get_args

from provider.domain.enrollment import Source
from provider.domain.source_address import SourceProvider

_PATTERN = re.compile(rf"({'|'.join(get_args(SourceProvider))}):[!-~]+")
_WILDCARDS = {"**": ".*", "*": "[^/]*"}


@dataclass(frozen=True, slots=True)
class SourceRule:
    """One rule of policy.yaml.

    Attributes:
        sources: `provider:repo`, where `*` stands for any text without '/', and `**` for any text.
        owners: entity references of the groups and users that may.
    """

    sources: str
    owners: tuple[str, ...]

    def covers(self, source: Source) -> bool:
        """Whether the source is one of those that the rule is about.

        GitHub and GitLab take names in any case (their docs: paths are case-insensitive); an address is exact.
        """
        flags = re.NOFLAG if source.provider == "git" else re.IGNORECASE | re.ASCII
        expression = "".join(_WILDCARDS.get(part, re.escape(part)) for part in re.split(r"(\*\*?)", self.sources))
        return re.fullmatch(expression, f"{source.provider}:{source.repo}", flags) is not None


def pattern_problem(text: str) -> str | None:
    """None when the pattern is one, else what would be right."""
    if _PATTERN.fullmatch(text):
        return None
    return "this is not a pattern of sources; write for example github:acme/* or git:https://git.example.org/**"
