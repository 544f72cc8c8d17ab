"""The parts of the help of a command, except its arguments."""

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
        description: what the command changes, then what it does; lines of at most 80 characters.
        examples: command lines, each with its purpose.
        exit_codes: exit codes, each with its meaning; 2 is the same for all commands and is added.
    """

    summary: str
    description: str
    examples: Sequence[tuple[str, str]]
    exit_codes: Sequence[tuple[int, str]]

    @property
    def epilog(self) -> str:
        """The text below the arguments: examples and exit codes."""
        return f"{examples(self.examples)}\n\n{exit_codes(sorted((*self.exit_codes, BAD_USAGE)))}"


def examples(rows: Sequence[tuple[str, str]]) -> str:
    """A section with the command lines, each below a comment with its purpose."""
    return "\n".join(("examples:", *(f"  # {purpose}\n  {command}" for command, purpose in rows)))


def exit_codes(rows: Sequence[tuple[int, str]]) -> str:
    """A section with one exit code and its meaning in each row."""
    return "\n".join(("exit codes:", *(_row(f"  {code:<3}  ", meaning) for code, meaning in rows)))


def _row(start: str, text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))
