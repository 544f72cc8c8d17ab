"""Import and export of tracked repositories as CSV and YAML. Pure.

Both formats have the same fields: name, type, url, notes, tagForm. Only url is required. A text is either valid as a
whole, or all its problems are reported with their lines.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provider.tracker.decisions.addresses import GITHUB_SITE, InvalidRepositoryAddress, parse_address
from provider.tracker.decisions.fields import name_problem, notes_problem
from provider.tracker.decisions.kinds import RepositoryType, TagForm, default_tag_form
from provider.tracker.decisions.repository import Address

FIELDS = ("name", "type", "url", "notes", "tagForm")
MOST_ENTRIES = 10_000
"""The repositories of one import."""
# More in one text have one cause, such as a wrong separator, and would only take time.
_MOST_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True)
class TransferEntry:
    """A repository in an import or an export."""

    name: str
    address: Address
    notes: str
    tag_form: TagForm


@dataclass(frozen=True, slots=True)
class TransferProblem:
    """What is wrong in a line, counted from 1, and how to fix it."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class InvalidTransfer(ValueError):
    """The text cannot be imported; `problems` has all problems, ordered by line."""

    def __init__(self, problems: Iterable[TransferProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one entry as written, and its first line."""

    line: int
    fields: Mapping[str, str]


def written(entry: TransferEntry) -> dict[str, str]:
    """The fields of an entry."""
    values = (entry.name, entry.address.type.value, entry.address.url, entry.notes, entry.tag_form.value)
    return dict(zip(FIELDS, values, strict=True))


def entries_of(
    records: Iterable[Record], problems: Iterable[TransferProblem] = (), *, github_site: str = GITHUB_SITE
) -> tuple[TransferEntry, ...]:
    """The entries of all records.

    Raises:
        InvalidTransfer: has the given problems, those of each record, and duplicate addresses; at most a thousand.
    """
    found: list[TransferEntry] = []
    every = list(problems)
    lines: dict[str, int] = {}
    for record in records:
        if len(every) >= _MOST_PROBLEMS or len(found) >= MOST_ENTRIES:
            every.append(TransferProblem(record.line, _rest(found)))
            break
        entry = _entry(record, github_site)
        if isinstance(entry, list):
            every += entry
        elif (first := lines.setdefault(entry.address.key, record.line)) != record.line:
            every.append(
                TransferProblem(record.line, f"url: the same repository as in line {first}; remove one of them")
            )
        else:
            found.append(entry)
    if every:
        raise InvalidTransfer(every)
    return tuple(found)


def _rest(found: Sequence[TransferEntry]) -> str:
    if len(found) >= MOST_ENTRIES:
        return f"more than {MOST_ENTRIES} repositories; import them in several texts"
    return "this line and those after it were not read, because there are too many problems; correct the others first"


def unknown_field(name: str) -> str:
    """The message about an unknown field."""
    return f"{name[:40]!r} is not a known field; use {', '.join(FIELDS)}"


def _entry(record: Record, github_site: str) -> TransferEntry | list[TransferProblem]:
    fields = record.fields
    messages = list(_field_problems(fields))
    address = None
    if not messages or fields.get("type", "") in {"", *RepositoryType}:
        try:
            kind = RepositoryType(fields["type"]) if fields.get("type") else None
            address = parse_address(fields.get("url", ""), kind, github_site=github_site)
        except InvalidRepositoryAddress as error:
            messages.append(f"url: {error}")
    if address is None or messages:
        return [TransferProblem(record.line, message) for message in messages]
    form = TagForm(fields["tagForm"]) if fields.get("tagForm") else default_tag_form(address.type)
    return TransferEntry(fields.get("name") or address.name, address, fields.get("notes", ""), form)


def _field_problems(fields: Mapping[str, str]) -> Iterator[str]:
    if fields.get("name") and (problem := name_problem(fields["name"])):
        yield f"name: {problem}"
    if problem := notes_problem(fields.get("notes", "")):
        yield f"notes: {problem}"
    if fields.get("type", "") not in {"", *RepositoryType}:
        yield f"type: {fields['type'][:40]!r} is not a type; write {', '.join(RepositoryType)}, or omit it"
    if fields.get("tagForm", "") not in {"", *TagForm}:
        yield f"tagForm: {fields['tagForm'][:40]!r} is not a tag form; write {', '.join(TagForm)}, or omit it"
