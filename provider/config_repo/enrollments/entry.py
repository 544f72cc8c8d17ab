"""Parse one entry, as plain values, into an Enrollment, or list all its problems."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from marshmallow import ValidationError

from provider.config_repo.enrollments.schema import EnrollmentSchema, Errors
from provider.config_repo.enrollments.strict_schema import UNKNOWN
from provider.domain.enrollment import Enrollment
from provider.domain.source_address import plain_http_problem
from provider.yaml_lines import Path

_MESSAGES_OF_THE_ENTRY = "_schema"
_NAMED = {("source", "buildArgs"), ("source", "contexts")}


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """A problem in one entry.

    Attributes:
        path: from the entry to the field; empty: the entry itself.
        message: what is wrong, and what to write instead.
        key: the unknown key at the path, where that is the problem; otherwise None.
    """

    path: Path
    message: str
    key: str | None = None

    @property
    def where(self) -> Path:
        """The path whose line is reported."""
        return self.path if self.key is None else (*self.path, self.key)


class InvalidEntry(ValueError):
    """The entry is not valid; `problems` has a problem for each wrong field."""

    def __init__(self, problems: tuple[EntryProblem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def load_entry(document: object, http_hosts: Collection[str] = ()) -> Enrollment:
    """Parse one entry, as plain values.

    Args:
        document: the value of the entry in the file.
        http_hosts: hosts for which plain http is allowed; one without a port covers all its ports.

    Raises:
        InvalidEntry: the entry is not valid; it lists all problems.
    """
    try:
        enrollment = cast("Enrollment", _schema().load(cast("Mapping[str, Any]", document)))
    except ValidationError as error:
        raise InvalidEntry(entry_problems(error)) from error
    if problems := _plain_http(enrollment, http_hosts):
        raise InvalidEntry(problems)
    return enrollment


@cache
def _schema() -> EnrollmentSchema:
    """One schema for all entries: it keeps no state, and making it takes longer than loading with it."""
    return EnrollmentSchema()


def entry_problems(error: ValidationError) -> tuple[EntryProblem, ...]:
    """All problems that a strict schema found in one entry."""
    return tuple(_flat(cast("Errors", error.messages), ()))


def _flat(errors: Errors | list[str], path: Path) -> list[EntryProblem]:
    if isinstance(errors, list):
        return [_entry_problem(message, path) for message in errors]
    return [
        problem
        for key, deeper in errors.items()
        for problem in _flat(deeper, path if key == _MESSAGES_OF_THE_ENTRY else (*path, key))
    ]


def _entry_problem(message: str, path: Path) -> EntryProblem:
    # Marshmallow reports the values of a mapping under their key and the word "value", and the keys under "key".
    if path[:2] in _NAMED and path[-1] in {"key", "value"}:
        path = path[:-1]
    if path and UNKNOWN in message and message.startswith(str(path[-1])):
        return EntryProblem(path[:-1], message, key=str(path[-1]))
    return EntryProblem(path, message)


def _plain_http(enrollment: Enrollment, http_hosts: Collection[str]) -> tuple[EntryProblem, ...]:
    addresses: dict[Path, str] = {}
    if enrollment.source and enrollment.source.provider == "git":
        addresses["source", "repo"] = enrollment.source.repo
    if enrollment.build and enrollment.build.url:
        addresses["build", "url"] = enrollment.build.url
    found = ((path, plain_http_problem(address, http_hosts)) for path, address in addresses.items())
    return tuple(EntryProblem(path, problem) for path, problem in found if problem)
