"""Requests of people, as the web part and the command line queue them for the worker. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.reference import Digest
from provider.domain.asking.asked import moment_text


class RequestKind(StrEnum):
    """What is asked for."""

    REBUILD = "rebuild"
    EMERGENCY = "emergency"
    HOLD = "hold"
    RELEASE = "release"
    SKIP = "skip"
    UNSKIP = "unskip"
    REMOVALS = "removals"


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """One request.

    Attributes:
        id: a text that no other request has; a request that is carried out again after a crash changes nothing.
        name: the image that it is about; for an emergency also a base image, for removals the file of enrollments.
        images: the managed images that an emergency covers, parents first; the images whose removal is allowed; empty
            for the other kinds.
        requested_by: the name of a service token, the reference of a user, or who ran the command.
        digest: the digest to skip, or not to skip any longer.
        until: when a hold ends, or when an emergency that has not started is dropped.
    """

    id: str
    kind: RequestKind
    name: str
    reason: str
    requested_by: str
    at: datetime
    images: tuple[str, ...] = ()
    digest: Digest | None = None
    cve: str | None = None
    until: datetime | None = None

    @property
    def next_step(self) -> str:
        """What happens next, a sentence."""
        end = f" until {moment_text(self.until)}" if self.until else ""
        match self.kind:
            case RequestKind.REBUILD:
                return f"{self.name} will be rebuilt on the newest digests that have aged, when no rebuild of it runs."
            case RequestKind.EMERGENCY:
                count = f"{len(self.images)} image{'s' if len(self.images) != 1 else ''}"
                return (
                    f"The emergency rebuild of {count} starts now, parents first; what has not started{end} is dropped."
                )
            case RequestKind.HOLD:
                return f"{self.name} will not be rebuilt automatically{end or ' until somebody releases it'}."
            case RequestKind.RELEASE:
                return f"{self.name} will be rebuilt automatically again."
            case RequestKind.SKIP:
                return f"{self.name} will not be built on {self.digest}."
            case RequestKind.UNSKIP:
                return f"{self.name} may be built on {self.digest} again."
            case RequestKind.REMOVALS:
                count = f"{len(self.images)} image{'s' if len(self.images) != 1 else ''}"
                return f"{count} of {self.name} will be removed now; their history stays in the archive."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request ended: `done`, or `refused` with the reason in `message`."""

    done: bool
    message: str
