"""The errors of a Dockerfile, with their lines, in two forms: with the file's own text, and without it.

People who see an error need not be allowed to see the file. So what is stored and shown by the service has the
line and the kind of the error only; the command line, which reads the person's own file, shows the text too.
"""

_SHOWN = 60


class InvalidSyntaxError(ValueError):
    """A part of an instruction is wrong; the caller that knows the line turns this into a `DockerfileError`.

    Attributes:
        kind: what is wrong, without any text of the file.
        quoted: the same with the text of the file; None where that adds nothing.
    """

    def __init__(self, kind: str, quoted: str | None = None) -> None:
        super().__init__(quoted or kind)
        self.kind = kind
        self.quoted = quoted

    def __reduce__(self) -> tuple[type["InvalidSyntaxError"], tuple[str, str | None]]:
        return type(self), (self.kind, self.quoted)


class ValueNeededError(InvalidSyntaxError):
    """`${name?text}` or `${name:?text}` in a place where the variable has no value.

    Attributes:
        name: of the variable.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__("a variable with '?' needs a value", f"{name}: {text or 'a value is required'}")
        self.name = name
        self._text = text

    def __reduce__(self) -> tuple[type["ValueNeededError"], tuple[str, str]]:
        return type(self), (self.name, self._text)


class ExpansionTooLargeError(InvalidSyntaxError):
    """The variables of a file expand to more text than is reasonable."""


class DockerfileError(ValueError):
    """BuildKit would refuse the file, or it is larger than this reader accepts. Reads `line 3: <what is wrong>`.

    Its text quotes the file; `without_text` does not.

    Attributes:
        line: the first line of the wrong instruction, counted from 1.
        kind, quoted: see `InvalidSyntaxError`.
    """

    def __init__(self, line: int, kind: str, quoted: str | None = None) -> None:
        super().__init__(f"line {line}: {quoted or kind}")
        self.line = line
        self.kind = kind
        self.quoted = quoted

    @classmethod
    def at(cls, line: int, problem: InvalidSyntaxError) -> "DockerfileError":
        """The error of a wrong part in the instruction that begins in this line."""
        return cls(line, problem.kind, problem.quoted)

    @property
    def without_text(self) -> str:
        """The line and the kind of the error, for people who may not see the file."""
        return f"line {self.line}: {self.kind}"

    def __reduce__(self) -> tuple[type["DockerfileError"], tuple[int, str, str | None]]:
        return type(self), (self.line, self.kind, self.quoted)


def quoted(text: str) -> str:
    """The text as a message shows it: in quotes, and shortened where it is long."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
