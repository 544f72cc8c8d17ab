"""Import and export of tracked repositories."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provider.tracker.decisions.addresses import GITHUB_SITE
from provider.tracker.decisions.repository import Tracked
from provider.tracker.decisions.transfer import InvalidTransfer, TransferEntry, TransferProblem
from provider.tracker.decisions.transfer_csv import csv_of, entries_of_csv
from provider.tracker.decisions.transfer_yaml import entries_of_yaml, yaml_of
from provider.tracker.ports import RepositoryFields, TrackerStore


class TransferFormat(StrEnum):
    """How repositories are written down."""

    CSV = "csv"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import came to, or would.

    Attributes:
        added: what was not tracked yet, by id; the ids are None where nothing was written.
        duplicates: what is tracked already, as the repository beside it; it is left as it is.
        problems: by line; with any of them nothing was written.
    """

    added: tuple[tuple[int | None, TransferEntry], ...] = ()
    duplicates: tuple[tuple[Tracked, TransferEntry], ...] = ()
    problems: tuple[TransferProblem, ...] = ()


class Transferring:
    """Use cases over a store.

    Args:
        github_site: where people open GitHub, so that its addresses are known.
    """

    def __init__(self, store: TrackerStore, now: Callable[[], datetime], *, github_site: str = GITHUB_SITE) -> None:
        self._store = store
        self._now = now
        self._github_site = github_site

    def take_in(self, text: str, form: TransferFormat, *, dry_run: bool = False) -> ImportReport:
        """Add every repository of a text that is not tracked yet, all or none.

        The addresses are not looked at: the first poll does that, silently, and keeps what it cannot read as an error.
        """
        try:
            entries = _READERS[form](text, github_site=self._github_site)
        except InvalidTransfer as error:
            return ImportReport(problems=error.problems)
        there = [(self._store.find(entry.address), entry) for entry in entries]
        fresh = [entry for found, entry in there if found is None]
        ids: list[int | None] = [None] * len(fresh)
        if fresh and not dry_run:
            ids = list(self._store.add_all([_fields(entry) for entry in fresh], self._now()))
        known = tuple((found, entry) for found, entry in there if found is not None)
        return ImportReport(tuple(zip(ids, fresh, strict=True)), known)

    def hand_out(self, form: TransferFormat) -> str:
        """All repositories, as `take_in` reads them."""
        return _WRITERS[form](_entry(tracked) for tracked in self._store.everything())


def _fields(entry: TransferEntry) -> RepositoryFields:
    return RepositoryFields(entry.name, entry.address, entry.notes, entry.tag_form)


def _entry(tracked: Tracked) -> TransferEntry:
    return TransferEntry(tracked.name, tracked.address, tracked.notes, tracked.tag_form)


_READERS: Mapping[TransferFormat, Callable[..., tuple[TransferEntry, ...]]] = {
    TransferFormat.CSV: entries_of_csv,
    TransferFormat.YAML: entries_of_yaml,
}
_WRITERS: Mapping[TransferFormat, Callable[..., str]] = {TransferFormat.CSV: csv_of, TransferFormat.YAML: yaml_of}
