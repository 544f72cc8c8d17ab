"""Which tags look like a fixed version."""

import re

# Three numeric parts name one release; fewer (22, 1.2) name a series and move to its newest release.
_FIXED = re.compile(r"v?[0-9]+(\.[0-9]+){2}(?![0-9]).*")


def looks_fixed(tag: str) -> bool:
    """Whether a tag looks like it never moves: `1.2.3`, `v1.2.3-slim`, `2024.01.15`; not `22`, `1.2`, `latest`."""
    return _FIXED.fullmatch(tag) is not None
