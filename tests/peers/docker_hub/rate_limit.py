"""The API's own rate limit per minute, with one count for all callers.

Source: Docker's description of its API, "Rate Limiting".
"""

from dataclasses import dataclass
from datetime import datetime

from tests.peers.docker_hub.documents import refusal
from tests.peers.exchange import Answer

_WINDOW_SECONDS = 60


@dataclass(slots=True)
class RateLimit:
    """So many requests a minute; set `used` to come near the limit."""

    limit: int = 180
    used: int = 0
    reset: int = 0

    def count(self, now: datetime) -> bool:
        """Count one request; False if none was left."""
        seconds = int(now.timestamp())
        if seconds >= self.reset:
            self.reset = seconds + _WINDOW_SECONDS
            self.used = 0
        self.used += 1
        return self.used <= self.limit

    def refusal(self) -> Answer:
        """The answer when nothing is left."""
        return refusal(429, "Rate limit exceeded").with_headers(("X-Retry-After", str(self.reset)))

    def stamped(self, answer: Answer) -> Answer:
        """The answer with the rate limit headers that Docker Hub always sends."""
        return answer.with_headers(
            ("X-RateLimit-Limit", str(self.limit)),
            ("X-RateLimit-Remaining", str(max(0, self.limit - self.used))),
            ("X-RateLimit-Reset", str(self.reset)),
        )
