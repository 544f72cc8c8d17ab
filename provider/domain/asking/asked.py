"""What the state of an image keeps of the requests of people. Values only."""

from dataclasses import dataclass
from datetime import datetime

from catalog.reference import Digest
from catalog.times import utc_day, utc_time


@dataclass(frozen=True, slots=True)
class Hold:
    """No automatic rebuild starts while the image is on hold.

    Attributes:
        reason: why, for people.
        by: who asked for it; None where it was written into the state file by hand.
        since: when it was asked for; None as above.
        until: when it ends by itself; None: when somebody releases it.
    """

    reason: str
    by: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it has not ended yet."""
        return self.until is None or now < self.until

    @property
    def text(self) -> str:
        """`on hold by jane until 5 Dec 2026: release freeze`."""
        by = f" by {self.by}" if self.by else ""
        until = f" until {moment_text(self.until)}" if self.until else ""
        return f"on hold{by}{until}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Skip:
    """A digest of a dependency that is never used for the image: `by` skipped it at `at`."""

    digest: Digest
    reason: str
    by: str
    at: datetime

    @property
    def text(self) -> str:
        """`skipped by jane: its OpenSSL is broken`."""
        return f"skipped by {self.by}: {self.reason}"


@dataclass(frozen=True, slots=True)
class AskedRebuild:
    """A rebuild that a person asked for and that has not started.

    Attributes:
        id: of the request; it is carried out once.
        emergency: it does not wait for delays and coordination windows, and goes before others.
        cve: the vulnerability that it is about.
        until: it is dropped if it has not started then; None: it waits.
    """

    id: str
    by: str
    reason: str
    at: datetime
    emergency: bool = False
    cve: str | None = None
    until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it may still start."""
        return self.until is None or now < self.until

    @property
    def text(self) -> str:
        """`emergency rebuild requested by scanner (CVE-2026-1234): openssl`."""
        what = "emergency rebuild" if self.emergency else "rebuild"
        about = f" ({self.cve})" if self.cve else ""
        return f"{what} requested by {self.by}{about}: {self.reason}"


def moment_text(moment: datetime) -> str:
    """The day where the time is midnight in UTC, else the time too."""
    whole_day = utc_time(moment).endswith(" 00:00:00 UTC")
    return utc_day(moment) if whole_day else utc_time(moment)
