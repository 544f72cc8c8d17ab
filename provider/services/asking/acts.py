"""What a caller of the web part asks for: the permission, the audit record and the metric of each attempt."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter
from werkzeug.exceptions import Conflict, HTTPException

from catalog.image import Image
from catalog.reference import Digest
from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.domain.asking.coverage import Covered
from provider.domain.asking.request import PersonRequest
from provider.services.asking.asking import Asking, CannotAsk, emergency_owners
from provider.services.auditing import audit, outcome_of


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of a request; which of them count depends on what is asked for."""

    reason: str
    cve: str | None = None
    until: datetime | None = None
    digest: Digest | None = None


class Acts:
    """Asks in the name of the caller of the current request.

    Every method raises:
        Forbidden: the caller lacks the permission.
        Conflict: the image cannot be rebuilt or held; the message says why.

    Args:
        asking: the rules, and the queue.
        registry: the metrics that /metrics shows.
    """

    def __init__(self, asking: Asking, registry: CollectorRegistry) -> None:
        self.asking = asking
        self._count = Counter(
            "image_factory_requests_of_people_total",
            "Requests of people for rebuilds, emergencies, holds and skipped digests, by kind and outcome.",
            ["kind", "outcome"],
            registry=registry,
        )

    def rebuild(self, image: Image, wish: Wish) -> PersonRequest:
        """Ask for a rebuild."""
        caller = require(Action.REBUILD, image.acting_owner)
        with _conflicts():
            return self.asking.rebuild(image, wish.reason, caller.name, wish.cve)

    def emergency(self, image: Image, wish: Wish) -> tuple[PersonRequest, list[Covered]]:
        """Ask for an emergency rebuild.

        For a managed image, its owner may; for a base image, whoever owns everything that is rebuilt.
        """
        for owner in emergency_owners(self.asking.index, image, wish.digest):
            caller = require(Action.EMERGENCY, owner)
        with _conflicts():
            return self.asking.emergency(image, wish.reason, caller.name, wish.cve, wish.until, wish.digest)

    def hold(self, image: Image, wish: Wish) -> PersonRequest:
        """Ask for a hold."""
        caller = require(Action.CHANGE, image.acting_owner)
        with _conflicts():
            return self.asking.hold(image, wish.reason, caller.name, wish.until)

    def release(self, image: Image, wish: Wish) -> PersonRequest:
        """Ask for the end of a hold."""
        caller = require(Action.CHANGE, image.acting_owner)
        with _conflicts():
            return self.asking.release(image, wish.reason, caller.name)

    def skip(self, image: Image, digest: Digest, wish: Wish) -> PersonRequest:
        """Ask that a digest is never used."""
        caller = require(Action.CHANGE, image.acting_owner)
        with _conflicts():
            return self.asking.skip(image, digest, wish.reason, caller.name)

    def unskip(self, image: Image, digest: Digest, wish: Wish) -> PersonRequest:
        """Ask that a digest may be used again."""
        caller = require(Action.CHANGE, image.acting_owner)
        with _conflicts():
            return self.asking.unskip(image, digest, wish.reason, caller.name)

    def removals(self, file: str, count: int, reason: str) -> PersonRequest:
        """Allow removals that wait; only an admin may."""
        caller = require(Action.CHANGE, owner=None)
        with _conflicts():
            return self.asking.removals(file, count, reason, caller.name)

    @contextmanager
    def audited(self, kind: str, name: str, reason: str, cve: str | None = None) -> Iterator[None]:
        """Write one audit record for the attempt that the block makes, with its outcome, and count it."""
        try:
            yield
        except HTTPException as error:
            self._note(kind, name, outcome_of(error.code or HTTPStatus.INTERNAL_SERVER_ERROR), reason, cve)
            raise
        except Exception:
            self._note(kind, name, "failed", reason, cve)
            raise
        self._note(kind, name, "done", reason, cve)

    def _note(self, kind: str, name: str, outcome: str, reason: str, cve: str | None) -> None:
        audit(kind, name, outcome, reason=reason, cve=cve)
        self._count.labels(kind, outcome).inc()


@contextmanager
def _conflicts() -> Iterator[None]:
    try:
        yield
    except CannotAsk as error:
        raise Conflict(str(error)) from error
