"""The warnings of a file while it is read."""

from collections.abc import Iterable

from provider.domain.dockerfile.errors import InvalidSyntaxError
from provider.domain.dockerfile.findings import DockerfileWarning

MOST_WARNINGS = 100


def not_understood(line: int, problem: InvalidSyntaxError) -> DockerfileWarning:
    """The warning about an instruction that BuildKit refuses, and perhaps another builder takes."""
    told = "the images of other lines are watched"
    shown = problem.quoted and f"not understood: {problem.quoted}; {told}"
    return DockerfileWarning(line, f"not understood: {problem.kind}; {told}", quoted=shown)


def in_order(warnings: Iterable[DockerfileWarning]) -> tuple[DockerfileWarning, ...]:
    """Each warning once, by line; of very many the first ones, and how many there are more."""
    ordered = sorted(dict.fromkeys(warnings), key=lambda warning: warning.line)
    if len(ordered) <= MOST_WARNINGS:
        return tuple(ordered)
    kept, rest = ordered[: MOST_WARNINGS - 1], ordered[MOST_WARNINGS - 1 :]
    return (*kept, DockerfileWarning(rest[0].line, f"{len(rest)} more lines from here on are not understood"))
