"""All source repositories behind one port: each source is read by its provider."""

from collections.abc import Iterable, Mapping, Sequence

from provider.domain.enrollment import Source
from provider.ports import SourceFile
from provider.sources.table import SOURCES, NamedSource
from proxy.errors import Never, NotFound


class Sources:
    """The source repositories of all providers.

    Args:
        sources: one reader for each provider.
    """

    def __init__(self, sources: Iterable[NamedSource]) -> None:
        self._sources = {source.provider: source for source in sources}

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """See the port; NotFound also for a provider that is not supported."""
        found = self._sources.get(source.provider)
        if found is None:
            supported = ", ".join(kind.provider for kind in SOURCES)
            raise NotFound(f"source.provider {source.provider} is not supported; supported: {supported}")
        return found.files(source, paths)
