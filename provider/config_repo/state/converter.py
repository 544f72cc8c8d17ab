"""Convert state to the plain values of its files (mappings, lists, text) and back; one converter for all files.

Reading checks the form of each value and nothing more: the rules of enrollments are for people's files, and a rule or a
setting that changes must not lose what the service wrote. `repairs.py` has what is done about a wrong value.
"""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Literal, get_origin

from cattrs import BaseConverter, Converter
from cattrs.cols import homogenous_tuple_structure_factory, mapping_structure_factory
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from catalog.image import Evidence
from catalog.reference import Digest, ImageReference
from catalog.times import rfc3339_exact
from provider.config_repo.state import scalars
from provider.config_repo.state.keys import DERIVED, ENTRY, ORDER, UNWRITTEN, key_of
from provider.domain.asking.asked import Hold
from provider.domain.enrollment import Enrollment
from provider.domain.ledger import Ledger, Observation
from provider.domain.state import DependencyState

_BUILT_ON = ("builtOn", "builtOnSince")
_EMPTY: tuple[object, ...] = (None, False, [], {})
_Reader = Callable[[Any, Any], Any]


@cache
def state_converter() -> Converter:
    """The converter; made once, because cattrs generates the functions of each class at its first use."""
    converter = Converter(unstruct_collection_overrides={tuple: list})
    for kind, read in _SCALARS.items():
        converter.register_structure_hook(kind, read)
    converter.register_structure_hook_factory(_is_tuple, _list_reader)
    converter.register_structure_hook_factory(_is_mapping, _mapping_reader)
    converter.register_structure_hook_func(_is_literal, scalars.text)
    converter.register_structure_hook(Enrollment, _enrollment_reader(converter))
    converter.register_structure_hook(
        Ledger, lambda found, _: Ledger(converter.structure(found, tuple[Observation, ...]))
    )
    converter.register_structure_hook_factory({*ORDER, *ENTRY}.__contains__, _fields_reader)
    converter.register_structure_hook(Hold, _hold_reader(converter))
    converter.register_unstructure_hook(StrEnum, lambda member: member.value)
    converter.register_unstructure_hook(datetime, rfc3339_exact)
    converter.register_unstructure_hook(ImageReference, str)
    converter.register_unstructure_hook(Enrollment, _written_enrollment)
    converter.register_unstructure_hook(Ledger, lambda ledger: converter.unstructure(list(ledger.observations)))
    converter.register_unstructure_hook_factory(ORDER.__contains__, _fields_writer)
    converter.register_unstructure_hook(Hold, _hold_writer(converter))
    return converter


_SCALARS: Mapping[Any, _Reader] = {
    str: scalars.text,
    int: scalars.number,
    bool: scalars.truth,
    datetime: scalars.moment,
    timedelta: scalars.duration,
    Digest: scalars.digest,
    ImageReference: scalars.reference,
    StrEnum: scalars.member,
    Evidence: scalars.evidence,
}


def in_order(kind: type, document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as it is written: keys in their order, without empty values."""
    return {key: value for key in ORDER[kind] if (value := document.get(key)) not in _EMPTY}


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_literal(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _is_mapping(kind: Any) -> bool:
    return get_origin(kind) is Mapping


def _list_reader(kind: Any, converter: BaseConverter) -> _Reader:
    read = homogenous_tuple_structure_factory(kind, converter)
    # Most lists of texts are the same few, such as the kinds of a dependency.
    of_texts = kind == tuple[str, ...]

    def read_list(value: Any, kind: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError("must be a list")  # noqa: TRY004 - the file is wrong, not the caller
        found = read(value, kind)
        return _shared(found) if of_texts else found

    return read_list


@lru_cache(maxsize=1024)
def _shared(texts: tuple[str, ...]) -> tuple[str, ...]:
    return texts


def _mapping_reader(kind: Any, converter: BaseConverter) -> _Reader:
    read = mapping_structure_factory(kind, converter, dict)
    return lambda value, kind: read(_mapping(value), kind)


def _fields_reader(kind: Any, converter: Converter) -> _Reader:
    names = {field.name: override(rename=key_of(kind, field.name)) for field in dataclasses.fields(kind)}
    read: _Reader = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, **names)  # type: ignore[arg-type] # a mapping of overrides, no flags
    unwritten, derived = UNWRITTEN.get(kind, {}), DERIVED.get(kind, ())

    def read_fields(value: Any, kind: Any) -> Any:
        document = {**unwritten, **_mapping(value)}
        for key in derived:
            document.pop(key, None)
        return read(_with_built_on(document) if kind is DependencyState else document, kind)

    return read_fields


def _fields_writer(kind: Any, converter: Converter) -> Callable[[Any], dict[str, Any]]:
    names = {field.name: override(rename=key_of(kind, field.name)) for field in dataclasses.fields(kind)}
    write = make_dict_unstructure_fn(kind, converter, **names)  # type: ignore[arg-type] # as above
    if kind is not DependencyState:
        return lambda value: in_order(kind, write(value))

    def write_dependency(value: DependencyState) -> dict[str, Any]:
        document = write(value)
        return in_order(kind, {**document, "builtOn": None, **(document["builtOn"] or {})})

    return write_dependency


def _with_built_on(document: dict[str, Any]) -> dict[str, Any]:
    """The document with `builtOn` as a mapping; the file has its two values as keys of the dependency."""
    found = {key: document.pop(key) for key in _BUILT_ON if key in document}
    if len(found) == 1:
        (there,) = found
        (missing,) = set(_BUILT_ON) - found.keys()
        raise ValueError(f"{missing} is missing beside {there}; write both or neither")
    return {**document, "builtOn": found or None}


def _enrollment_reader(converter: Converter) -> _Reader:
    read = _fields_reader(Enrollment, converter)

    def read_enrollment(value: Any, kind: Any) -> Enrollment:
        found: Enrollment = read(_written_out(_mapping(value)), kind)
        # Everything needs it, and it raises where the text is no reference.
        _ = found.reference
        return found

    return read_enrollment


def _hold_reader(converter: Converter) -> _Reader:
    read = _fields_reader(Hold, converter)
    # A person may write only the reason: `held: release freeze`.
    return lambda value, kind: Hold(value) if isinstance(value, str) else read(value, kind)


def _hold_writer(converter: Converter) -> Callable[[Hold], object]:
    write = _fields_writer(Hold, converter)
    return lambda hold: hold.reason if hold == Hold(hold.reason) else write(hold)


def _written_out(document: dict[str, Any]) -> dict[str, Any]:
    """The document without short forms: `source.workflow` is a build, and one `dockerfile` is a list of one."""
    source = document.get("source")
    if not isinstance(source, dict):
        return document
    rest = {key: value for key, value in source.items() if key != "workflow"}
    if isinstance(found := rest.get("dockerfile"), str):
        rest["dockerfile"] = [found]
    if "workflow" not in source:
        return {**document, "source": rest}
    build = {"system": "github-actions", "workflow": source["workflow"]}
    return {**document, "source": rest, "build": document.get("build", build)}


def _written_enrollment(enrollment: Enrollment) -> dict[str, object]:
    """The entry as in its file, with the path of the file where it is a team's file."""
    file = {} if enrollment.made_by_admin else {"file": enrollment.file}
    return {**enrollment.to_document(), **file}


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("must be a mapping of keys to values")  # noqa: TRY004 - the file is wrong, not the caller
    return value
