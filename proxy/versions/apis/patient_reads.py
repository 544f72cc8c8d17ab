"""Reads that a page waits for a moment only; they go on in the background, and the next page has them."""

import contextlib
from concurrent.futures import wait

from proxy.cache import Cached, KnownAnswer
from proxy.cache.cache import Fetch
from proxy.errors import OutsideFailure
from proxy.versions.sources import Upstreams


class PatientReads:
    """Cached answers without a long wait. Safe to use from many threads."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._cache = upstreams.cache
        self._background = upstreams.background
        self._patience = upstreams.patience

    def get(
        self, registry: str, key: str, fetch: Fetch, *, refresh: bool = False, patient: bool = True
    ) -> Cached | None:
        """The answer with this key, also an old one; None if there is none yet: it is being read then, or failed.

        Args:
            registry: the host that is read from.
            key: of the cache.
            fetch: reads it.
            refresh: read it again even if it is fresh.
            patient: wait a moment if it has to be read.
        """
        known = self._known(key)
        if known is None or known.due or refresh:

            def read() -> None:
                with contextlib.suppress(OutsideFailure):
                    self._cache.get(key, fetch, refresh=refresh)

            reading = self._background.read(registry, key, read)
            if patient:
                wait([reading], timeout=self._patience)
            known = self._known(key)
        return known.answer if known else None

    def _known(self, key: str) -> KnownAnswer | None:
        """What is cached; a failure of a moment ago is nothing."""
        try:
            return self._cache.known(key)
        except OutsideFailure:
            return None
