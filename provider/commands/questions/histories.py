"""`image-factory rebuilds` and `changes`: what was rebuilt, on what and why, and what changed."""

from collections.abc import Iterator

from catalog.image import Evidence
from catalog.times import utc_time
from provider.api.records.histories import rebuild_document, rebuild_row, update_document
from provider.api.schemas.histories import ImageRebuildSchema, ImageUpdateSchema
from provider.commands.questions.answering import answer
from provider.commands.questions.printed_list import PrintedList
from provider.operation_ports import HistoryFilter, ImageRebuild, ImageUpdate
from provider.pages.image.labels import evidence_label
from provider.settings import Settings
from provider.store.image_histories import SqlImageHistories

_EVIDENCE = frozenset(evidence.value for evidence in Evidence)


def rebuilds(settings: Settings, form: str, wanted: HistoryFilter) -> int:
    """Print the rebuilds of all images, the newest first."""
    listing = PrintedList("rebuilds", ImageRebuildSchema(), rebuild_document, _rebuild_lines, rebuild_row)
    return answer(settings, form, listing, lambda engine: SqlImageHistories(engine).every_rebuild(wanted))


def changes(settings: Settings, form: str, wanted: HistoryFilter) -> int:
    """Print the digests that the tags of all images pointed to, the newest first."""
    listing = PrintedList("digest changes", ImageUpdateSchema(), update_document, _update_lines)
    return answer(settings, form, listing, lambda engine: SqlImageHistories(engine).every_update(wanted))


def _rebuild_lines(found: ImageRebuild) -> Iterator[str]:
    rebuild = found.rebuild
    how = rebuild.conclusion.value if rebuild.conclusion else rebuild.status
    asked = ", ".join(filter(None, (rebuild.requested_by, "emergency" if rebuild.emergency else None, rebuild.cve)))
    yield f"{utc_time(rebuild.requested_at)}  {found.image:30} {how:10} requested by {asked}"
    yield f"  {rebuild.reason}"
    for cause in rebuild.causes:
        yield f"  {cause.reference} {cause.previous_digest or 'an unknown digest'} -> {cause.digest}"
    if rebuild.freshness in _EVIDENCE:
        yield f"  digests: {evidence_label(Evidence(rebuild.freshness))}"
    if rebuild.error:
        yield f"  {rebuild.error}"
    if rebuild.url:
        yield f"  {rebuild.url}"


def _update_lines(found: ImageUpdate) -> Iterator[str]:
    update = found.update
    how = f"{update.previous_digest} -> {update.digest}" if update.previous_digest else f"first seen as {update.digest}"
    again = ", only the index changed" if update.repoint else ""
    yield f"{utc_time(update.first_seen)}  {found.image:30} {how}{again} ({update.seen_by})"
