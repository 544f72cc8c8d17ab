"""The rebuilds and digests of an image, computed from its number. Pure."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from catalog.image import CauseDocument, Conclusion, RebuildDocument, UpdateDocument
from catalog.reference import Digest

BEFORE, NOW_SHOWN = "before", "now"
_PLATFORMS = ("linux/amd64", "linux/arm64")
_EMERGENCY_EACH, _PERSON_EACH, _FAILED_EACH, _UNVERIFIED_EACH = 97, 23, 29, 5
_DAYS_BETWEEN = 9


def digest_of(name: str, state: str = NOW_SHOWN) -> Digest:
    """A digest of an image."""
    return Digest(f"sha256:{hashlib.sha256(f'{name} {state}'.encode()).hexdigest()}")


def digests_of(name: str, changed: datetime) -> tuple[UpdateDocument, ...]:
    """The baseline 40 days before the change, and the current digest."""
    old, new = digest_of(name, BEFORE), digest_of(name)
    return (
        UpdateDocument(old, None, changed - timedelta(days=40), changed, "poll", repoint=False, platforms=_PLATFORMS),
        UpdateDocument(new, old, changed, None, "webhook", repoint=False, platforms=_PLATFORMS),
    )


def rebuilds_of(name: str, number: int, base: str, reference: str, now: datetime) -> Iterator[RebuildDocument]:
    """Two ended rebuilds, the older one first."""
    for back in (1, 0):
        asked = now - timedelta(days=_DAYS_BETWEEN * back + number % 8, minutes=number % 1440)
        failed = back == 0 and number % _FAILED_EACH == 0
        emergency = number % _EMERGENCY_EACH == 0
        person = emergency or number % _PERSON_EACH == 0
        cause = CauseDocument(
            base,
            reference,
            digest_of(base, BEFORE) if back else digest_of(base),
            digest_of(base, "long before") if back else digest_of(base, BEFORE),
            asked - timedelta(days=7, hours=number % 50),
            eligible_at=None if emergency else asked - timedelta(hours=number % 50, minutes=30),
        )
        yield RebuildDocument(
            id=f"{number:05}-{back}",
            requested_at=asked,
            dispatched_at=asked + timedelta(seconds=2),
            completed_at=asked + timedelta(minutes=4),
            status="completed",
            conclusion=Conclusion.FAILURE if failed else Conclusion.SUCCESS,
            url=f"https://github.com/acme/{name}/actions/runs/{number}{back}",
            requested_by="user:default/jane" if person else "image-factory",
            emergency=emergency,
            reason="CVE in openssl" if emergency else f"{reference.rpartition('/')[2]} changed",
            causes=(cause,),
            freshness="passed" if number % _UNVERIFIED_EACH == 0 else "verified",
            cve="CVE-2026-12345" if emergency else None,
        )
