"""A problem in a file of the config repository, as it is shown to people."""

from dataclasses import dataclass

from provider.ports import ProblemText
from provider.yaml_lines import Path


@dataclass(frozen=True, slots=True)
class EnrollmentProblem:
    """What is wrong, where it is, and what to write instead.

    Attributes:
        path: the path of the file inside the repository.
        line: counted from 1.
        name: the name of the image; None: it cannot be read, or the problem is about the whole file.
        field: such as `source.repo` or `platforms[0]`; None: the problem is about the whole entry.
        removes: the images whose removal waits until an admin allows it.
    """

    path: str
    line: int
    name: str | None
    field: str | None
    message: str
    removes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ": ".join(filter(None, (f"{self.path}:{self.line}", self.name, self.field, self.message)))

    @property
    def text(self) -> ProblemText:
        """The same text, which also has the place."""
        return ProblemText.at(str(self), self.path, self.line, self.field, self.message, self.removes)


def dotted(path: Path) -> str | None:
    """A path inside an entry as text: `source.repo`, `platforms[0]`; None for the entry itself."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or None
