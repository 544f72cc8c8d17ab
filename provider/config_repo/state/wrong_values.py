"""The wrong values of a state file, from the errors of the converter: `baseImages[0].builtOn: 'x' is not a digest`."""

from collections.abc import Iterator
from dataclasses import dataclass

from cattrs import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

from provider.config_repo.enrollments.problems import dotted
from provider.config_repo.enrollments.strict_schema import unknown_key_message
from provider.config_repo.state.keys import key_of, keys_of
from provider.domain.ledger import BuiltOn
from provider.yaml_lines import Path


@dataclass(frozen=True, slots=True)
class WrongValue:
    """A value that the converter refuses.

    Attributes:
        path: from the document to the value, by the keys and positions of the file.
        error: why.
    """

    path: Path
    error: Exception

    def __str__(self) -> str:
        return ": ".join(filter(None, (dotted(self.path), self._message())))

    def _message(self) -> str:
        match self.error:
            case ForbiddenExtraKeysError() as error:
                known = list(keys_of(error.cl))
                return "; ".join(unknown_key_message(key, known) for key in sorted(error.extra_fields))
            case KeyError():
                return "is missing"
            case error:
                return str(error)


def wrong_values(error: Exception) -> list[WrongValue]:
    """Each wrong value in the errors of the converter."""
    return list(_found(error, ()))


def _found(error: Exception, path: Path) -> Iterator[WrongValue]:
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
        case _:
            yield WrongValue(path, error)


def _key(kind: type, field: str, error: Exception) -> Path:
    # The file has the two fields of this class as keys of the dependency that they belong to.
    inline = isinstance(error, ClassValidationError) and error.cl is BuiltOn
    return () if inline else (key_of(kind, field),)
