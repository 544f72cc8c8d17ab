"""Import and export of tracked repositories as CSV and YAML, and import of plain lists. Pure.

CSV and YAML have the same fields (`FIELDS`). Only url is required. A text is either valid as a
whole, or all its problems are reported with their lines.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provider.tracker.decisions.addresses import GITHUB_SITE, InvalidRepositoryAddress, parse_address
from provider.tracker.decisions.fields import name_problem, notes_problem, parsed_labels, version_problem
from provider.tracker.decisions.kinds import RepositoryType, TagForm, default_tag_form
from provider.tracker.decisions.repository import Address, entry_key
from provider.tracker.decisions.versions.expressions import expression_problem
from provider.tracker.decisions.wanted import AnnouncedVersions, ListSource, Prereleases, WantedVersions

OPTIONS = ("source", "include", "exclude", "prereleases", "announce", "labels", "deployedVersion")
FIELDS = ("name", "type", "url", "notes", "tagForm", *OPTIONS)
_CHOICES: Mapping[str, Iterable[str]] = {
    "type": tuple(RepositoryType),
    "tagForm": tuple(TagForm),
    "source": tuple(ListSource),
    "prereleases": tuple(Prereleases),
    "announce": tuple(AnnouncedVersions),
}
# Fields of what other tools export, and what becomes of them here.
_ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(
        ("address", "repository", "repo", "full_name", "html_url", "clone_url", "link"), "rename it to url"
    ),
    **dict.fromkeys(("owner", "team", "group", "tags", "topics", "category"), "rename it to labels, or remove it"),
    **dict.fromkeys(("description", "comment", "note"), "rename it to notes, or remove it"),
    **dict.fromkeys(
        ("version", "current", "currentversion", "current_version", "installed", "deployed", "deployed_version"),
        "rename it to deployedVersion, or remove it",
    ),
    **dict.fromkeys(("title", "id"), "rename it to name, or remove it"),
    **dict.fromkeys(("provider", "kind"), "rename it to type, or remove it"),
    **dict.fromkeys(
        ("latest", "latest_version", "latest_release", "published_at", "stars", "language", "fork", "archived"),
        "remove it: polls find the releases",
    ),
}
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
    wanted: WantedVersions
    labels: tuple[str, ...] = ()
    deployed_version: str = ""

    @property
    def key(self) -> str:
        """Identifies duplicates, as `Tracked.key`."""
        return entry_key(self.address, self.wanted)


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
    wanted = entry.wanted
    values = (
        entry.name,
        entry.address.type.value,
        entry.address.url,
        entry.notes,
        wanted.tag_form.value,
        wanted.source.value if wanted.source else "",
        wanted.include,
        wanted.exclude,
        wanted.prereleases.value,
        wanted.announce.value,
        ", ".join(entry.labels),
        entry.deployed_version,
    )
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
        elif (first := lines.setdefault(entry.key, record.line)) != record.line:
            every.append(
                TransferProblem(
                    record.line, f"url: the same repository and filter as in line {first}; remove one of them"
                )
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
    if known := _ELSEWHERE.get(name.lower()):
        return f"{name!r} is not a field of tracked repositories; {known}. The fields are {', '.join(FIELDS)}"
    return f"{name[:40]!r} is not a known field; use {', '.join(FIELDS)}, and remove the others"


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
    labels, _ = parsed_labels(fields.get("labels", ""))
    name, notes, deployed = (
        fields.get("name") or address.name,
        fields.get("notes", ""),
        fields.get("deployedVersion", ""),
    )
    return TransferEntry(name, address, notes, _wanted(fields, address), labels, deployed)


def _wanted(fields: Mapping[str, str], address: Address) -> WantedVersions:
    return WantedVersions(
        TagForm(fields["tagForm"]) if fields.get("tagForm") else default_tag_form(address.type),
        ListSource(fields["source"]) if fields.get("source") else None,
        fields.get("include", ""),
        fields.get("exclude", ""),
        Prereleases(fields.get("prereleases") or Prereleases.TELL),
        AnnouncedVersions(fields.get("announce") or AnnouncedVersions.ALL),
    )


def _field_problems(fields: Mapping[str, str]) -> Iterator[str]:
    if fields.get("name") and (problem := name_problem(fields["name"])):
        yield f"name: {problem}"
    if problem := notes_problem(fields.get("notes", "")):
        yield f"notes: {problem}"
    for name, words in _CHOICES.items():
        if fields.get(name, "") not in {"", *words}:
            yield f"{name}: {fields[name][:40]!r} is not one of its values; write {', '.join(words)}, or omit it"
    for name in ("include", "exclude"):
        if problem := expression_problem(fields.get(name, "")):
            yield f"{name}: {problem}"
    if problem := parsed_labels(fields.get("labels", ""))[1]:
        yield f"labels: {problem}"
    if fields.get("deployedVersion") and (problem := version_problem(fields["deployedVersion"])):
        yield f"deployedVersion: {problem}"
