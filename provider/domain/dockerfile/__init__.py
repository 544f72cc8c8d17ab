"""The project's own reader of Dockerfiles, with BuildKit's semantics: finds the images that a file depends on.

In: a Dockerfile's text. Out: a `Discovery`, or a `DockerfileError` with its line. Start in `references.py`; a text
becomes instructions in `lines.py` and stages in `stages.py`, `words.py` expands variables, and `meaning/` has what a
build makes of the stages.
"""

from provider.domain.dockerfile.errors import DockerfileError
from provider.domain.dockerfile.findings import (
    Discovery,
    DockerfileWarning,
    FoundReference,
    ReferenceKind,
    Unresolved,
)
from provider.domain.dockerfile.platforms import parse_platform
from provider.domain.dockerfile.references import discover

__all__ = [
    "Discovery",
    "DockerfileError",
    "DockerfileWarning",
    "FoundReference",
    "ReferenceKind",
    "Unresolved",
    "discover",
    "parse_platform",
]
