"""The reader of each source, by its provider."""

from collections.abc import Collection, Mapping, Sequence

from provider.domain.enrollment import Source
from provider.domain.source_address import SourceProvider
from provider.ports import SourceFile, SourceRepository
from proxy.errors import Never, NotFound


class SourceReaders:
    """Reads each source with the reader of its provider.

    Args:
        readers: by provider.
        supported: all providers, for the message about another one.
    """

    def __init__(self, readers: Mapping[SourceProvider, SourceRepository], supported: Collection[str]) -> None:
        self._readers = readers
        self._supported = supported

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """See the port; NotFound also for a provider that is not supported."""
        found = self._readers.get(source.provider)
        if found is None:
            supported = ", ".join(self._supported)
            raise NotFound(f"source.provider {source.provider} is not supported; supported: {supported}")
        return found.files(source, paths)
