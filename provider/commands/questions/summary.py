"""`image-factory rebuilds --summary`: how many rebuilds there were, how long they took, and what is behind."""

from collections.abc import Iterator, Sequence

from catalog.times import utc_time
from provider.api.records.summary_documents import summary_document
from provider.api.schemas.rebuild_summary import RebuildSummarySchema
from provider.commands.questions.answering import answer_one
from provider.domain.records.durations import Durations
from provider.operation_ports import HistoryFilter, RebuildSummary
from provider.pages.amounts import span_label
from provider.settings import Settings
from provider.store.image_histories import SqlImageHistories


def summary(settings: Settings, form: str, wanted: HistoryFilter) -> int:
    """Print the rebuilds of a period in numbers, the ten slowest, and the ten images that are behind for longest."""
    schema = RebuildSummarySchema()
    return answer_one(
        settings,
        form,
        lambda engine: SqlImageHistories(engine).summary(wanted),
        lambda found: schema.dump(summary_document(found)),
        _lines,
    )


def _lines(found: RebuildSummary) -> Iterator[str]:
    ended = [f"{count} {conclusion.value}" for conclusion, count in found.conclusions.items() if count]
    running = [f"{found.running} running"] if found.running else []
    yield _counted("rebuilds", found.total, [*ended, *running])
    for requester, count in found.requesters.items():
        yield f"  {count} requested by {requester}"
    yield f"from the change of a base image to the end of the rebuild: {_spans(found.took)}"
    yield f"after the delay, or after the request of a person:         {_spans(found.beyond)}"
    if found.slowest:
        yield "the longest:"
    for slow in found.slowest:
        yield f"  {slow.image:30} {span_label(slow.times.took)}, requested {utc_time(slow.rebuild.requested_at)}"
    yield _counted("images behind now", found.behind, [])
    for image in found.longest_behind:
        yield f"  {image.image:30} {image.status.value:12} since {utc_time(image.since)}  {image.owner}"


def _counted(what: str, count: int, parts: Sequence[str]) -> str:
    return f"{what}: {count} ({', '.join(parts)})" if parts else f"{what}: {count}"


def _spans(found: Durations) -> str:
    if found.median is None or found.ninetieth is None or found.longest is None:
        return "not known"
    ninetieth, longest = span_label(found.ninetieth), span_label(found.longest)
    return f"median {span_label(found.median)}, 90 % within {ninetieth}, longest {longest}"
