"""Tracked repositories as YAML: a sequence of mappings under `repositories`. Pure."""

from collections.abc import Iterable, Iterator

import yaml

from provider.tracker.decisions.addresses import GITHUB_SITE
from provider.tracker.decisions.transfer import (
    FIELDS,
    OPTIONS,
    InvalidTransfer,
    Record,
    TransferEntry,
    TransferProblem,
    entries_of,
    unknown_field,
    written,
)
from provider.tracker.decisions.wanted import AnnouncedVersions, Prereleases

_ROOT = "repositories"
_RIGHT = f"write `{_ROOT}:` followed by a list of mappings that have a url"
_ODD_BREAKS = frozenset("\x85\u2028\u2029\r")
_NULL = "tag:yaml.org,2002:null"


class _TransferDumper(yaml.SafeDumper):
    """Writes special line breaks in double quotes, where PyYAML escapes them; else it would read them as spaces."""

    def represent_scalar(self, tag: str, value: str, style: str | None = None) -> yaml.ScalarNode:
        """The scalar, in double quotes if it has such a character."""
        return super().represent_scalar(tag, value, '"' if _ODD_BREAKS.intersection(value) else style)


def yaml_of(entries: Iterable[TransferEntry]) -> str:
    """A document that `entries_of_yaml` reads."""
    document = {_ROOT: [_readable(entry) for entry in entries]}
    return yaml.dump(document, Dumper=_TransferDumper, allow_unicode=True, sort_keys=False)


def _readable(entry: TransferEntry) -> dict[str, str]:
    """The fields of an entry without options that nobody chose."""
    defaults = {"prereleases": Prereleases.TELL.value, "announce": AnnouncedVersions.ALL.value}
    unchosen = {**dict.fromkeys(OPTIONS, ""), **defaults}
    return {name: value for name, value in written(entry).items() if unchosen.get(name) != value}


def entries_of_yaml(text: str, *, github_site: str = GITHUB_SITE) -> tuple[TransferEntry, ...]:
    """Parse a YAML document.

    Raises:
        InvalidTransfer: has all problems.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise InvalidTransfer([TransferProblem(line, f"invalid YAML: {error.problem}")]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidTransfer(
            [TransferProblem(1, "invalid YAML: it has forbidden characters, or is nested too deeply")]
        ) from error
    found = list(_records(root))
    records = [record for record in found if isinstance(record, Record)]
    problems = [problem for problem in found if isinstance(problem, TransferProblem)]
    return entries_of(records, problems, github_site=github_site)


def _records(root: yaml.Node | None) -> Iterator[Record | TransferProblem]:
    match root:
        case yaml.MappingNode(value=[(yaml.ScalarNode(value=name), yaml.SequenceNode(value=items))]) if name == _ROOT:
            for item in items:
                yield from _record(item)
        case _:
            yield TransferProblem(1 if root is None else _line(root), f"no repositories found; {_RIGHT}")


def _record(item: yaml.Node) -> Iterator[Record | TransferProblem]:
    if not isinstance(item, yaml.MappingNode):
        yield TransferProblem(_line(item), f"this item is not a mapping; {_RIGHT}")
        return
    fields: dict[str, str] = {}
    problems: list[TransferProblem] = []
    for key, value in item.value:
        name = str(key.value)
        if name not in FIELDS:
            problems.append(TransferProblem(_line(key), unknown_field(name)))
        elif name in fields:
            problems.append(TransferProblem(_line(key), f"{name} occurs twice"))
        elif not isinstance(value, yaml.ScalarNode):
            problems.append(TransferProblem(_line(value), f"{name} must be a single text value"))
        else:
            fields[name] = "" if value.tag == _NULL else value.value
    yield from problems
    yield Record(_line(item), fields)


def _line(node: yaml.Node) -> int:
    mark: yaml.Mark = node.start_mark
    return mark.line + 1
