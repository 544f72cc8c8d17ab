"""The message about a state file, value by value, from the errors of the converter."""

from collections.abc import Iterator

from cattrs import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

from provider.config_repo.enrollments.entry import InvalidEntry
from provider.config_repo.enrollments.problems import dotted
from provider.config_repo.enrollments.strict_schema import unknown_key_message
from provider.config_repo.state.keys import ORDER, key_of
from provider.domain.ledger import BuiltOn
from provider.yaml_lines import Path


def wrong_values(error: Exception) -> str:
    """Each wrong value with its path and what is wrong: `baseImages[0].builtOn: 'x' is not a digest`."""
    return "; ".join(": ".join(filter(None, (dotted(path), message))) for path, message in _found(error, ()))


def _found(error: Exception, path: Path) -> Iterator[tuple[Path, str]]:
    match error:
        case ClassValidationError():
            inner, own = error.group_exceptions()
            for each, field in inner:
                yield from _found(each, (*path, *_key(error.cl, field.name, each)))
            for each in own:
                yield from _found(each, path)
        case IterableValidationError():
            for each, place in error.group_exceptions()[0]:
                yield from _found(each, (*path, place.index))
        case InvalidEntry():
            yield from (((*path, *problem.path), problem.message) for problem in error.problems)
        case _:
            yield path, _message(error)


def _message(error: Exception) -> str:
    match error:
        case ForbiddenExtraKeysError():
            known = list(ORDER[error.cl])
            return "; ".join(unknown_key_message(key, known) for key in sorted(error.extra_fields))
        case KeyError():
            return "is missing"
        case _:
            return str(error)


def _key(kind: type, field: str, error: Exception) -> Path:
    # The file has the two fields of this class as keys of the dependency that they belong to.
    inline = isinstance(error, ClassValidationError) and error.cl is BuiltOn
    return () if inline else (key_of(kind, field),)
