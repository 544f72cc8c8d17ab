"""Which product a registry is: its own answer to a request without credentials names its token server and service."""

from collections.abc import Mapping
from datetime import timedelta

from proxy.cache import Cache, CacheEntry, Fetched
from proxy.errors import OutsideFailure
from proxy.registries.challenges import Challenge, parse_challenges
from proxy.versions.apis.own_hosts import OwnHosts

KNOWN_FOR = timedelta(days=1)
UNKNOWN_FOR = timedelta(minutes=5)
_LONGEST = 4096
_NONE = Challenge("")


class Recognition:
    """The challenges of registries, each asked once a day. Safe to use from many threads."""

    def __init__(self, cache: Cache, hosts: OwnHosts) -> None:
        self._cache = cache
        self._hosts = hosts

    def bearer(self, host: str) -> Mapping[str, str]:
        """The parameters of the registry's Bearer challenge; empty if it has none, or cannot be asked."""

        def fetch(_: CacheEntry | None) -> Fetched:
            try:
                return Fetched(self._hosts.challenge(host)[:_LONGEST].encode(), KNOWN_FOR)
            except OutsideFailure:
                # The registry's own list is the next request, and says what is wrong.
                return Fetched(b"", UNKNOWN_FOR)

        header = self._cache.get(f"registry-challenge {host}", fetch).body.decode()
        challenges = (each for each in parse_challenges(header) if each.scheme == "bearer")
        return next(challenges, _NONE).parameters
