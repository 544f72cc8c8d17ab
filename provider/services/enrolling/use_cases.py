"""What the web part needs for enrolling."""

from dataclasses import dataclass

from provider.enrolling_ports import KeyedRequests
from provider.services.enrolling.first_discovery import FirstDiscovery
from provider.services.enrolling.service import Enrolling


@dataclass(frozen=True, slots=True)
class EnrollingUseCases:
    """Changes of entries, and what makes their answers complete and repeatable.

    Attributes:
        enrolling: makes the changes.
        discovery: waits for the first discovery of a new image.
        keys: the answers to requests with an Idempotency-Key.
    """

    enrolling: Enrolling
    discovery: FirstDiscovery
    keys: KeyedRequests
