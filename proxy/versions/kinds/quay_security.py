"""What Quay's scanner found in an image. Source: quay/quay, endpoints/api/secscan.py. Pure."""

import json
from collections import Counter

from proxy.version_types import Vulnerabilities
from proxy.versions.apis.values import document_of, inside, objects_in

_SCANNED, _UNSUPPORTED = "scanned", "unsupported"
_RATED = ("critical", "high", "medium", "low")


def parse_security(body: bytes, where: object) -> Vulnerabilities | None:
    """The number of vulnerabilities by severity; None as long as the image is not scanned.

    Raises:
        Garbage: it is not JSON.
    """
    document = document_of(body, where)
    status = inside(document, "status")
    if status == _UNSUPPORTED:
        return Vulnerabilities(applicable=False)
    if status != _SCANNED:
        return None
    counts = Counter(
        str(found.get("Severity")).lower()
        for feature in objects_in(inside(document, "data", "Layer", "Features"))
        for found in objects_in(feature.get("Vulnerabilities"))
    )
    critical, high, medium, low = (counts.pop(name, 0) for name in _RATED)
    return Vulnerabilities(critical, high, medium, low, unrated=counts.total())


def pack_security(found: Vulnerabilities | None) -> bytes:
    """The cached form."""
    if found is None:
        return b"null"
    return json.dumps([found.critical, found.high, found.medium, found.low, found.unrated, found.applicable]).encode()


def unpack_security(body: bytes) -> Vulnerabilities | None:
    """What is in the cached form."""
    parts = json.loads(body)
    return Vulnerabilities(*parts) if parts is not None else None
