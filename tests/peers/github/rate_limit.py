"""GitHub's primary rate limit, one count for all callers.

Source: docs "Rate limits for the REST API".
"""

import time
from dataclasses import dataclass, field

from tests.peers.exchange import Answer, Headers, json_answer
from tests.peers.github.call import Call, refusal


def _in_an_hour() -> int:
    return int(time.time()) + 3600


@dataclass(slots=True)
class RateLimit:
    """So many requests until `reset` (unix time); set `used` to come near the limit."""

    limit: int = 5000
    used: int = 0
    reset: int = field(default_factory=_in_an_hour)
    resource: str = "core"

    @property
    def remaining(self) -> int:
        """Requests that are left."""
        return max(0, self.limit - self.used)

    def headers(self) -> Headers:
        """The headers that GitHub sends with every answer."""
        return (
            ("X-RateLimit-Limit", str(self.limit)),
            ("X-RateLimit-Remaining", str(self.remaining)),
            ("X-RateLimit-Used", str(self.used)),
            ("X-RateLimit-Reset", str(self.reset)),
            ("X-RateLimit-Resource", self.resource),
        )

    def refusal(self) -> Answer:
        """The answer when nothing is left."""
        return refusal(403, "API rate limit exceeded for user ID 1.")

    def overview(self, call: Call) -> Answer:
        """GET /rate_limit."""
        now = {"limit": self.limit, "used": self.used, "remaining": self.remaining, "reset": self.reset}
        document = call.documents.contract.example("rate-limit-overview")
        document["resources"]["core"] |= now
        document["rate"] |= now
        return json_answer(200, document)
