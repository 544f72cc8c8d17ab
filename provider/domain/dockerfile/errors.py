"""The errors of a Dockerfile, with their lines."""

_SHOWN = 60


class DockerfileError(ValueError):
    """BuildKit would refuse the file, or it is larger than this reader accepts. Reads `line 3: <what is wrong>`.

    Attributes:
        line: the first line of the wrong instruction, counted from 1.
    """

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem

    def __reduce__(self) -> tuple[type["DockerfileError"], tuple[int, str]]:
        return type(self), (self.line, self.problem)


def quoted(text: str) -> str:
    """The text as a message shows it: in quotes, and shortened where it is long."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


class InvalidSyntaxError(ValueError):
    """A part of an instruction is wrong; the caller that knows the line turns this into a `DockerfileError`."""
