"""Import and export of tracked repositories."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provider.tracker.decisions.addresses import GITHUB_SITE
from provider.tracker.decisions.repository import Tracked
from provider.tracker.decisions.transfer import InvalidTransfer, TransferEntry, TransferProblem
from provider.tracker.decisions.transfer_csv import csv_of, entries_of_csv
from provider.tracker.decisions.transfer_list import entries_of_list
from provider.tracker.decisions.transfer_yaml import entries_of_yaml, yaml_of
from provider.tracker.ports import RepositoryFields, TrackerStore


class TransferFormat(StrEnum):
    """The file format of an export; an import takes it too."""

    CSV = "csv"
    YAML = "yaml"


class ImportFormat(StrEnum):
    """The format of a text to import."""

    CSV = "csv"
    YAML = "yaml"
    LIST = "list"
    """One address per line, with comments after `#`."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of an import, or of a dry run.

    Attributes:
        added: (id, entry) of each new repository; the ids are None if nothing was written.
        duplicates: (tracked repository, entry) of each address that is already tracked with its filter; these stay
            unchanged.
        problems: problems with their lines; if there are any, nothing was written.
    """

    added: tuple[tuple[int | None, TransferEntry], ...] = ()
    duplicates: tuple[tuple[Tracked, TransferEntry], ...] = ()
    problems: tuple[TransferProblem, ...] = ()


class Transferring:
    """Imports and exports the tracked repositories of a store.

    Args:
        store: the tracked repositories.
        now: the current time, aware, in UTC.
        github_site: the web address of GitHub, to recognise addresses of its repositories.
    """

    def __init__(self, store: TrackerStore, now: Callable[[], datetime], *, github_site: str = GITHUB_SITE) -> None:
        self._store = store
        self._now = now
        self._github_site = github_site

    def import_text(self, text: str, form: ImportFormat, *, dry_run: bool = False) -> ImportReport:
        """Add every repository of a text that is not tracked yet, all or none.

        The addresses are not checked here. The first poll reads them, announces nothing, and records a failure as an
        error of the repository.
        """
        try:
            entries = _READERS[form](text, github_site=self._github_site)
        except InvalidTransfer as error:
            return ImportReport(problems=error.problems)
        matches = [(self._store.find(entry.key), entry) for entry in entries]
        fresh = [entry for found, entry in matches if found is None]
        ids: list[int | None] = [None] * len(fresh)
        if fresh and not dry_run:
            ids = list(self._store.add_all([_fields(entry) for entry in fresh], self._now()))
        known = tuple((found, entry) for found, entry in matches if found is not None)
        return ImportReport(tuple(zip(ids, fresh, strict=True)), known)

    def export_text(self, form: TransferFormat) -> str:
        """All repositories as text that `import_text` accepts."""
        return _WRITERS[form](_entry(tracked) for tracked in self._store.everything())


def _fields(entry: TransferEntry) -> RepositoryFields:
    return RepositoryFields(entry.name, entry.address, entry.notes, entry.wanted, entry.labels, entry.deployed_version)


def _entry(tracked: Tracked) -> TransferEntry:
    return TransferEntry(
        tracked.name, tracked.address, tracked.notes, tracked.wanted, tracked.labels, tracked.deployed_version
    )


_READERS: Mapping[ImportFormat, Callable[..., tuple[TransferEntry, ...]]] = {
    ImportFormat.CSV: entries_of_csv,
    ImportFormat.YAML: entries_of_yaml,
    ImportFormat.LIST: entries_of_list,
}
_WRITERS: Mapping[TransferFormat, Callable[..., str]] = {TransferFormat.CSV: csv_of, TransferFormat.YAML: yaml_of}
