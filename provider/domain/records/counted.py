"""What the service counts of its own work, for the metrics. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class CountKind(StrEnum):
    """What is counted.

    Attributes:
        UPSTREAM: requests to other hosts; the name is the host.
        CACHE: answers of the cache; the name is empty.
        CHECK: checks of digests; the name is empty.
        GIT: pushes to the config repository; the name is empty.
    """

    UPSTREAM = "upstream"
    CACHE = "cache"
    CHECK = "check"
    GIT = "git"


@dataclass(frozen=True, slots=True, order=True)
class Counted:
    """What one count is about; `name` and `outcome` come from fixed sets."""

    kind: CountKind
    name: str
    outcome: str
