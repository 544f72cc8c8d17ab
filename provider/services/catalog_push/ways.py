"""How Backstage reads the catalog: by the entity provider of this service, or by url locations."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from provider.domain.catalog_push.locations import CATALOG_DOCUMENT, reads_the_document
from provider.push_ports import BackstageCatalog
from proxy.deadline import Deadline, Monotonic
from proxy.errors import NotFound, OutsideFailure, Unavailable

KNOWN_FOR = timedelta(minutes=10)
"""How long locations are used without asking again: a provider may be installed, or another location be added."""

_PUSH_SECONDS = 20.0


class CatalogWays:
    """Makes Backstage read the catalog again. It remembers which way works, and asks again when it fails.

    Args:
        backstage: the catalog of Backstage.
        public_url: the address of this service, as Backstage reaches it.
        now: the clock.
        monotonic: the clock of the deadline of a push.
    """

    def __init__(
        self, backstage: BackstageCatalog, public_url: str, now: Callable[[], datetime], monotonic: Monotonic
    ) -> None:
        self._backstage = backstage
        self._public_url = public_url
        self._now = now
        self._monotonic = monotonic
        self._locations: Sequence[str] = ()
        self._known_at: datetime | None = None

    def push(self) -> bool:
        """Let Backstage read the catalog now.

        Returns:
            False where its provider is running already, and may have read the catalog before: push again.

        Raises:
            NotFound: Backstage reads the catalog in neither way.
            Refused, AddressRefused, Unavailable, Garbage: see `BackstageCatalog`.
        """
        deadline = Deadline.after(_PUSH_SECONDS, self._monotonic)
        if known := self._known():
            try:
                return self._refresh(known, deadline)
            except NotFound:
                self._locations = ()
        try:
            return self._backstage.run_provider()
        except NotFound:
            self._locations = self._found()
            self._known_at = self._now()
        return self._refresh(self._locations, deadline)

    def _known(self) -> Sequence[str]:
        at = self._known_at
        fresh = at is not None and timedelta() <= self._now() - at < KNOWN_FOR
        return self._locations if fresh else ()

    def _found(self) -> Sequence[str]:
        found = reads_the_document(self._backstage.locations(), self._public_url)
        if not found:
            raise NotFound(
                "Backstage has neither the entity provider of this service (the task image-factory-entities of its "
                f"catalog) nor a url location of {self._public_url}{CATALOG_DOCUMENT}; install the one or add the "
                "other, as docs/backstage.md says; if it has one, check IMAGE_FACTORY_PUBLIC_URL"
            )
        return found

    def _refresh(self, references: Sequence[str], deadline: Deadline) -> bool:
        """Refresh each location; the failure of one keeps no other from it, and is raised at the end."""
        failure: OutsideFailure | None = None
        for reference in references:
            if deadline.passed:
                raise Unavailable(f"Backstage did not refresh its locations within {_PUSH_SECONDS:g} s; retried later")
            try:
                self._backstage.refresh(reference)
            except OutsideFailure as error:
                failure = failure or error
        if failure:
            raise failure
        return True
