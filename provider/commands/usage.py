"""What the help of a command says, apart from its arguments."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 80
BAD_USAGE = (2, "the command line is not valid; the message says why")


@dataclass(frozen=True, slots=True)
class Usage:
    """The help of one command.

    Attributes:
        summary: its line in the list of commands.
        description: what it does, first what it changes; lines of at most 80 characters.
        examples: command lines, each with what it is for.
        exit_codes: each with its meaning; 2 is the same for all and is added.
    """

    summary: str
    description: str
    examples: Sequence[tuple[str, str]]
    exit_codes: Sequence[tuple[int, str]]

    @property
    def epilog(self) -> str:
        """What stands below the arguments: examples and exit codes."""
        return f"{examples(self.examples)}\n\n{exit_codes((*self.exit_codes, BAD_USAGE))}"


def examples(rows: Sequence[tuple[str, str]]) -> str:
    """A section with one command line a row, below a comment that says what it is for."""
    return "\n".join(("examples:", *(f"  # {purpose}\n  {command}" for command, purpose in rows)))


def exit_codes(rows: Sequence[tuple[int, str]]) -> str:
    """A section with one exit code a row, and its meaning beside it."""
    return "\n".join(("exit codes:", *(_row(f"  {code:<3}  ", meaning) for code, meaning in rows)))


def _row(start: str, text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))
