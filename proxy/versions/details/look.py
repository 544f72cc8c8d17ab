"""One look at the details of a row: what is cached, or also what has to be read."""

from dataclasses import dataclass, field

from proxy.cache import Cache, Cached
from proxy.cache.cache import Fetch
from proxy.errors import OutsideFailure


@dataclass(slots=True)
class Look:
    """Collects the parts of a row, and what is missing.

    Attributes:
        reads: whether parts that are missing are read; otherwise only the cache is used.
        missing: whether a part that is wanted has to be read first, or again.
        failures: of the parts that are wanted, and cannot be read now.
        problems: messages of registries that no longer answer about parts that are cached.
        parts: the parts that were found and can change.
    """

    cache: Cache
    reads: bool
    missing: bool = field(default=False, init=False)
    failures: list[OutsideFailure] = field(default_factory=list, init=False)
    problems: list[str] = field(default_factory=list, init=False)
    parts: list[Cached] = field(default_factory=list, init=False)

    def at(self, key: str, fetch: Fetch, *, wanted: bool = True, refresh: bool = False) -> bytes | None:
        """The part with this key; None where it is not known.

        Args:
            key: of the cache.
            fetch: reads it.
            wanted: False: not worth a request; it is used where it is cached.
            refresh: read it again even if it is fresh.
        """
        try:
            found = self._found(key, fetch, wanted=wanted, refresh=refresh)
        except OutsideFailure as error:
            if wanted:
                self.failures.append(error)
            return None
        if found is None:
            return None
        if found.problem and wanted:
            self.problems.append(found.problem)
        self.parts.append(found)
        return found.body

    def _found(self, key: str, fetch: Fetch, *, wanted: bool, refresh: bool) -> Cached | None:
        if self.reads and wanted:
            return self.cache.get(key, fetch, refresh=refresh)
        known = self.cache.known(key)
        self.missing |= wanted and (known is None or known.due)
        return known.answer if known else None
