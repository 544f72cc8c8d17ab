"""The query parameters of every route: a parameter that the route does not read, or that is given twice, is refused.

A filter that is silently ignored would return a list that looks filtered. A route says what it reads with `takes`; a
route that says nothing takes no parameter.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import UnprocessableEntity

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "query_parameters"
_MOST_SHOWN = 10
_YEARS = range(1970, 9999)
# The time to compare two texts grows with the product of their lengths.
_LONGEST_COMPARED = 50


def takes(*names: str) -> Callable[[View], View]:
    """Mark a view as one that reads these query parameters."""
    return _marked(frozenset(names))


def judges_its_query(view: View) -> View:
    """Mark a view that refuses query parameters by rules of its own, such as those of an upstream."""
    return _marked(None)(view)


def check_queries(app: Flask) -> None:
    """Refuse every request with a query parameter that its route does not take; call it after the guard is set up."""

    @app.before_request
    def check() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        known: Collection[str] | None = getattr(view, _ATTRIBUTE, ())
        if view is None or known is None:
            return
        if problems := dict(_problems(known, request.args.lists())):
            raise refused_query(problems)


def refused_query(problems: Mapping[str, str]) -> UnprocessableEntity:
    """The error for a query, with the problem of each parameter."""
    refusal = UnprocessableEntity(" ".join(f"Query parameter {name}: {text}" for name, text in problems.items()))
    messages = {name: [text] for name, text in problems.items()}
    refusal.data = {"messages": {"query": messages}}  # type: ignore[attr-defined]  # the format of webargs
    return refusal


def one_of(arguments: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    """The value of a parameter, which must be one of these or empty.

    Raises:
        UnprocessableEntity: it is another one.
    """
    text = arguments.get(name, "")
    if text and text not in allowed:
        raise refused_query({name: f"Must be one of: {', '.join(allowed)}."})
    return text


def day_in(arguments: Mapping[str, str], name: str) -> str:
    """The day in a query parameter, such as 2026-11-26; empty where it is not given.

    Raises:
        UnprocessableEntity: it is not a day.
    """
    text = arguments.get(name, "")
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = date.min
    if found and (found.isoformat() != text or found.year not in _YEARS):
        raise refused_query({name: "Not a day; write for example 2026-11-26."})
    return text


def midnight(day: str) -> datetime:
    """When a day of `day_in` begins, in UTC."""
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def _problems(known: Collection[str], given: Iterable[tuple[str, list[str]]]) -> Iterable[tuple[str, str]]:
    """The problems of at most ten parameters, by name."""
    found = ((name, _problem(name, known, len(values))) for name, values in given)
    problems = [(_shown(name), problem) for name, problem in found if problem]
    return problems[:_MOST_SHOWN]


def _problem(name: str, known: Collection[str], count: int) -> str | None:
    if name in known:
        return "Given more than once; give it only once." if count > 1 else None
    if not known:
        return "Not known; this address takes no query parameters."
    listed = ", ".join(sorted(known))
    near = get_close_matches(_shown(name), known, n=1) or _in_other_case(name, known)
    return f"Not known; did you mean {near[0]}? Known are {listed}." if near else f"Not known; known are {listed}."


def _in_other_case(name: str, known: Collection[str]) -> list[str]:
    """The known name that differs only in case or in `_` and `-`: `builtfrom` and `built_from` for `builtFrom`."""
    return [each for each in known if each.casefold() == _shown(name).replace("_", "").replace("-", "").casefold()]


def _shown(name: str) -> str:
    """The name, short and printable."""
    cut = name if len(name) <= _LONGEST_COMPARED else f"{name[:_LONGEST_COMPARED]}…"
    return "".join(character if character.isprintable() else "\ufffd" for character in cut)


def _marked(names: frozenset[str] | None) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__dict__[_ATTRIBUTE] = names
        return view

    return mark
