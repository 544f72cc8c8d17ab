"""All source repositories behind one port: each source is read by its provider."""

from collections.abc import Iterable, Mapping, Sequence

from provider.domain.enrollment import Source
from provider.ports import SourceFile, SourceRepository
from provider.sources.table import SOURCES, NamedSource
from provider.sources.together.readers import SourceReaders
from proxy.errors import Never

_SUPPORTED = tuple(kind.provider for kind in SOURCES)


class Sources:
    """The source repositories of all providers.

    Args:
        sources: one reader for each provider.
    """

    def __init__(self, sources: Iterable[NamedSource]) -> None:
        self._sources = {source.provider: source for source in sources}
        self._readers = SourceReaders(self._sources, _SUPPORTED)

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """See the port; NotFound also for a provider that is not supported."""
        return self._readers.files(source, paths)

    def together(self, sources: Sequence[Source]) -> SourceRepository:
        """See the port."""
        parts = {name: [source for source in sources if source.provider == name] for name in self._sources}
        return SourceReaders({name: each.together(parts[name]) for name, each in self._sources.items()}, _SUPPORTED)
