"""A kept answer without its body as a JSON text, and back without loss; its key as a fingerprint. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from provider.store.json_dataclasses import dumped, loaded
from proxy.cache import CacheEntry

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class EntryDocument:
    """All of an entry but its body; `fresh_for` is in microseconds."""

    headers: Mapping[str, str]
    etag: str | None
    fresh_for: int
    fetched_at: datetime
    failed_at: datetime | None = None
    problem: str | None = None
    retry_at: datetime | None = None
    refreshed_at: datetime | None = None


def document_of(entry: CacheEntry) -> str:
    """The entry in JSON, without its body."""
    return dumped(
        EntryDocument(
            entry.headers,
            entry.etag,
            entry.fresh_for // _MICROSECOND,
            entry.fetched_at,
            entry.failed_at,
            entry.problem,
            entry.retry_at,
            entry.refreshed_at,
        )
    )


def entry_of(document: str, body: bytes) -> CacheEntry:
    """The entry out of its JSON and its body."""
    said = loaded(EntryDocument, json.loads(document))
    return CacheEntry(
        body,
        said.headers,
        said.etag,
        said.fresh_for * _MICROSECOND,
        said.fetched_at,
        said.failed_at,
        said.problem,
        said.retry_at,
        said.refreshed_at,
    )


def fingerprint_of(key: str) -> str:
    """What stands for the key: keys may be longer, and hold other characters, than an index of PostgreSQL allows."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
