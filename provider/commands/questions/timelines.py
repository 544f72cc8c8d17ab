"""`image-factory timeline`: what happened to an image."""

import sys
from collections.abc import Iterator

from catalog.times import utc_time
from provider.api.timelines.documents import entry_document, entry_row
from provider.api.timelines.schemas import TimelineEntrySchema
from provider.commands.questions.answering import opened
from provider.commands.questions.printed_list import PrintedList
from provider.commands.readers import no_such_image
from provider.composition.web import entry_histories
from provider.config_repo.entry_history.git_entry_histories import LONGEST_SECONDS
from provider.domain.timeline.entries import TimelineEntry
from provider.operation_ports import HistoryFilter
from provider.pages.image.entry_labels import by_whom, entry_sign
from provider.services.timelines.timelines import Timelines
from provider.settings import Settings
from provider.store.image_pages.timeline_rows import SqlTimelineRows
from provider.store.images import SqlImageIndex
from proxy.secrets.redactor import Redactor


def timeline(settings: Settings, form: str, name: str, wanted: HistoryFilter) -> int:
    """Print what happened to an image, the newest first; what git does not tell is said apart from the answer."""
    with opened(settings) as engine:
        if engine is None:
            return 1
        image = SqlImageIndex(engine).outline(name)
        if image is None:
            return no_such_image(settings, name)
        entries = entry_histories(settings, Redactor(settings.secrets))
        if (known := entries.of(name, LONGEST_SECONDS)).problem:
            print(f"not all changes of the entry are shown: {known.problem}", file=sys.stderr)
        found = Timelines(SqlTimelineRows(engine), entries).every(image, wanted, wait_seconds=LONGEST_SECONDS)
        shown = PrintedList("entries", TimelineEntrySchema(), entry_document, _lines, entry_row)
        if not shown.show(found, form) and form == "text":
            print("nothing happened in this period", file=sys.stderr)
        return 0


def _lines(entry: TimelineEntry) -> Iterator[str]:
    by = f" by {who}" if (who := by_whom(entry)) else ""
    yield f"{utc_time(entry.at)}  {entry_sign(entry).word:22} {entry.name}{by}"
    why = ", ".join(filter(None, (entry.reason, entry.cve)))
    if why:
        yield f"  {why}"
    if entry.digest:
        yield f"  {entry.previous_digest} -> {entry.digest}" if entry.previous_digest else f"  {entry.digest}"
    for cause in entry.causes:
        yield f"  {cause.reference} {cause.previous_digest or 'an unknown digest'} -> {cause.digest}"
    if entry.until:
        yield f"  until {utc_time(entry.until)}"
    yield from (f"  {text}" for text in (*entry.changes, entry.error, entry.url) if text)
