"""The heredocs that an instruction opens.

Source of the rules: BuildKit, frontend/dockerfile/parser/parser.go (heredocsFromLine, heredocFromMatch).
"""

import re
from dataclasses import dataclass

from provider.domain.dockerfile.errors import InvalidSyntaxError
from provider.domain.dockerfile.instructions import Instruction, json_strings
from provider.domain.dockerfile.words import split_raw, split_unquoted

_OPENER = re.compile(r"[0-9]*<<(-?)[\t\n\f\r ]*([^<]*)")
_MAY_HOLD_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A body that ends at the line `name`; with `tabs` (`<<-`) that line may begin with tabs."""

    name: str
    tabs: bool

    def ends_at(self, line: str) -> bool:
        """Whether this line ends the body."""
        text = line.rstrip("\r")
        return (text.lstrip("\t") if self.tabs else text) == self.name


def heredocs(instruction: Instruction) -> tuple[Heredoc, ...]:
    """The heredocs that an instruction opens, in order.

    Raises:
        InvalidSyntaxError: the name of one has an open quote, or a JSON form holds something else than strings.
    """
    if "<<" not in instruction.text:
        return ()
    holder = instruction.onbuild() if instruction.name == "ONBUILD" and instruction.rest else instruction
    if holder.name not in _MAY_HOLD_HEREDOCS or json_strings(holder.rest) is not None:
        return ()
    try:
        words = split_raw(instruction.text)
    except InvalidSyntaxError:
        # BuildKit treats a line that its lexer cannot split as a line without heredocs.
        return ()
    return tuple(found for word in words if (found := _heredoc(word)))


def heredoc_name(word: str) -> str | None:
    """The name when the word opens a heredoc; None also for a word that cannot be read."""
    try:
        found = _heredoc(word)
    except InvalidSyntaxError:
        return None
    return found.name if found else None


def _heredoc(word: str) -> Heredoc | None:
    opener = _OPENER.fullmatch(word)
    if not opener or not opener[2]:
        return None
    names = split_unquoted(opener[2])
    return Heredoc(names[0], tabs=bool(opener[1])) if len(names) == 1 else None
