"""Which tags name one version, as far as a name can tell."""

import re

# Three numeric parts name one release; fewer (22, 1.2) follow the newest of a line and are meant to move.
_FIXED = re.compile(r"v?[0-9]+(\.[0-9]+){2}(?![0-9]).*")


def looks_fixed(tag: str) -> bool:
    """Whether a tag looks as if it never moves: `1.2.3`, `v1.2.3-slim`, `2024.01.15`; not `22`, `1.2`, `latest`."""
    return _FIXED.fullmatch(tag) is not None
