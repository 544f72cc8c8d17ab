"""Convert events of webhooks to JSON text and back."""

import json
from collections.abc import Iterable
from typing import Any

from provider.domain.events import (
    BuildReported,
    Event,
    ImagePushed,
    Pinged,
    ReleasePublished,
    RunChanged,
    SourcePushed,
)
from provider.store.json_dataclasses import loaded, plain, printed

_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind for kind in (SourcePushed, ImagePushed, RunChanged, ReleasePublished, BuildReported, Pinged)
}
_KIND = "event"


def events_text(events: Iterable[Event]) -> str:
    """The events as a JSON list; each names its kind."""
    return printed([{_KIND: type(event).__name__, **plain(event)} for event in events])


def events_of(text: str) -> tuple[Event, ...]:
    """The events that `events_text` wrote; those that this release does not know are left out."""
    return tuple(event for document in json.loads(text) for event in _event(document))


def _event(document: dict[str, Any]) -> Iterable[Event]:
    kind = _KINDS.get(document.get(_KIND, ""))
    try:
        return () if kind is None else (loaded(kind, document),)
    except ValueError:
        return ()
