"""Which variables hide the image of a FROM, and what a person can do about each."""

from collections.abc import Iterable
from dataclasses import dataclass

from provider.domain.dockerfile.findings import Unresolved
from provider.domain.dockerfile.words import Expansion


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of variables.

    Attributes:
        declared: those that an ARG before the first FROM declares.
        given: the build arguments.
        in_stages: those that an ARG inside a stage declares.
    """

    declared: frozenset[str]
    given: frozenset[str]
    in_stages: frozenset[str]


def holes_of(text: Expansion, line: int, scope: Scope, readable: str | None) -> tuple[Unresolved, ...]:
    """The variables that hide an image; none when the image is known.

    A name that no ARG declares is empty to BuildKit, as is one with an empty value: it counts only where the rest is
    no reference.

    Args:
        text: the operand of a FROM after expansion.
        line: the line of the FROM.
        scope: what is known of the names.
        readable: the text if it means something; None if it is no reference.
    """
    unset = [name for name in text.missing if name in scope.declared]
    hint = f"Set its value under buildArgs; if it is empty: {readable}" if readable else ""
    holes = [Unresolved(name, line, hint) for name in unset]
    if readable is None:
        holes += [Unresolved(name, line, _how_to_declare(name, scope)) for name in _undeclared(text, scope)]
    if readable is None and not unset:
        holes += [
            Unresolved(name, line, "Its value is empty, and the rest is no image reference; give it a value.")
            for name in text.empty
        ]
    return tuple(holes)


def undeclared_names(text: Expansion, scope: Scope) -> tuple[str, ...]:
    """The names in a text that look as if they had a value, although no ARG declares them for a FROM."""
    return tuple(name for name in _undeclared(text, scope) if name in scope.given | scope.in_stages)


def _undeclared(text: Expansion, scope: Scope) -> Iterable[str]:
    return (name for name in text.missing if name not in scope.declared)


def _how_to_declare(name: str, scope: Scope) -> str:
    advice = f"declare ARG {name} before the first FROM"
    if name in scope.given:
        return f"A build argument counts only where an ARG declares it; {advice}."
    if name in scope.in_stages:
        return f"An ARG inside a stage does not count for FROM; {advice}."
    return f"BuildKit reads a name that no ARG declares as empty; {advice}."
