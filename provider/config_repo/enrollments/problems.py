"""A problem in a file of the config repository, as a person reads it."""

from dataclasses import dataclass

from provider.config_repo.enrollments.yaml_lines import Path


@dataclass(frozen=True, slots=True)
class EnrollmentProblem:
    """What is wrong where, and what would be right.

    Attributes:
        path: the file, inside the repository.
        line: counted from 1.
        name: the image's; None: the entry has none that can be read, or the problem is the whole file's.
        field: such as `source.repo` or `platforms[0]`; None: the whole entry's.
    """

    path: str
    line: int
    name: str | None
    field: str | None
    message: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (f"{self.path}:{self.line}", self.name, self.field, self.message)))


def dotted(path: Path) -> str | None:
    """A path inside an entry as people write it: `source.repo`, `platforms[0]`; None for the entry itself."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or None
