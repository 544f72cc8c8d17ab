"""The version source of each registry: by its name, or by what the registry says about itself."""

from catalog.reference import ImageReference
from proxy.versions.apis.recognition import Recognition
from proxy.versions.sources import Upstreams, VersionSource
from proxy.versions.table import PRODUCTS, VERSION_SOURCES


class SourceChoice:
    """One source of each kind. Safe to use from many threads."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._named = [(kind, kind(upstreams)) for kind in VERSION_SOURCES]
        self._products = [(kind, kind(upstreams)) for kind in PRODUCTS]
        self._recognition = Recognition(upstreams.cache, upstreams.hosts)

    def of(self, reference: ImageReference) -> VersionSource:
        """The source for the reference's registry; one request a day finds out which product an unknown one is."""
        kind, source = next(each for each in self._named if each[0].serves(reference.registry))
        if kind is not VERSION_SOURCES[-1]:
            return source
        bearer = self._recognition.bearer(reference.registry)
        return next((product for kind, product in self._products if kind.recognises(bearer)), source)
