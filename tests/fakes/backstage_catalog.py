"""A catalog of Backstage in memory."""

from collections.abc import Callable, Sequence

from provider.domain.catalog_push.locations import CatalogLocation
from proxy.errors import NotFound


class FakeBackstageCatalog:
    """Implements `provider.push_ports.BackstageCatalog`; attributes may be changed at any time.

    Attributes:
        provider: whether the entity provider is installed.
        running: whether its task runs.
        targets: of each location, by its reference.
        failures: what the next requests raise, in order; None: nothing.
        asked: every request, as `provider`, `locations` or the reference of a location.
        reads: those that made it read the catalog.
        on_read: called for each of them.
    """

    def __init__(self, *, provider: bool = True) -> None:
        self.provider = provider
        self.running = False
        self.targets: dict[str, tuple[str, ...]] = {}
        self.failures: list[Exception | None] = []
        self.asked: list[str] = []
        self.reads: list[str] = []
        self.on_read: Callable[[], object] = bool

    def run_provider(self) -> bool:
        """Read the catalog, unless the provider is running or there is none."""
        self._ask("provider")
        if not self.provider:
            raise NotFound("there is no such task")
        if self.running:
            return False
        self._read("provider")
        return True

    def locations(self) -> Sequence[CatalogLocation]:
        """All locations."""
        self._ask("locations")
        return [CatalogLocation(*each) for each in self.targets.items()]

    def refresh(self, reference: str) -> None:
        """Read the catalog, if there is such a location."""
        self._ask(reference)
        if reference not in self.targets:
            raise NotFound("there is no such entity")
        self._read(reference)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.failures and (failure := self.failures.pop(0)):
            raise failure

    def _read(self, how: str) -> None:
        self.reads.append(how)
        self.on_read()
