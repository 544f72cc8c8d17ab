"""A span: a piece of work with a beginning, an end and a cause, as a part of a trace."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class SpanKind(StrEnum):
    """Whose work it is: our own, an answer to a request, or a request to another host."""

    OWN = "internal"
    ANSWER = "server"
    REQUEST = "client"


class TraceSpan(Protocol):
    """One piece of work. Its name and its attributes must not contain a secret."""

    @property
    def trace_id(self) -> str:
        """The id of the trace that it belongs to; empty where there is none."""

    def rename(self, name: str) -> None:
        """Give it a name that is only known later, such as the route of a request."""

    def note(self, key: str, value: str | int) -> None:
        """Note what is known of it."""

    def failed(self, error: str) -> None:
        """Note the kind of its failure: a status or the name of an exception, never its message."""

    def headers(self, host: str) -> Mapping[str, str]:
        """The headers by which a host takes part in the trace; none for a host that is not the organisation's."""

    def end(self) -> None:
        """End it now."""


class _NoSpan:
    """Where no traces are made."""

    trace_id = ""

    def rename(self, name: str) -> None:
        """Do nothing."""

    def note(self, key: str, value: str | int) -> None:
        """Do nothing."""

    def failed(self, error: str) -> None:
        """Do nothing."""

    def headers(self, host: str) -> Mapping[str, str]:  # noqa: ARG002 - the port
        """None."""
        return {}

    def end(self) -> None:
        """Do nothing."""


NO_SPAN: TraceSpan = _NoSpan()
