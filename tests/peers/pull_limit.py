"""Docker Hub's pull limit: GET of a manifest counts, HEAD does not (docs: "Docker Hub usage: pulls")."""

import threading

from tests.peers.exchange import Answer, Headers, json_answer


class PullLimit:
    """A number of pulls in a window, which is never refilled automatically.

    Attributes:
        limit: pulls in a window.
        remaining: pulls that are left.
        window: length of the window in seconds.
    """

    def __init__(self, limit: int = 100, *, remaining: int | None = None, window: int = 21600) -> None:
        self.limit = limit
        self.remaining = limit if remaining is None else remaining
        self.window = window
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Count one pull; False if none is left."""
        with self._lock:
            if self.remaining <= 0:
                return False
            self.remaining -= 1
            return True

    def headers(self) -> Headers:
        """The headers that Docker Hub sends with every manifest."""
        return (
            ("ratelimit-limit", f"{self.limit};w={self.window}"),
            ("ratelimit-remaining", f"{self.remaining};w={self.window}"),
            ("docker-ratelimit-source", "127.0.0.1"),
        )

    def refusal(self) -> Answer:
        """Docker Hub's 429."""
        message = "You have reached your pull rate limit."
        return json_answer(429, {"errors": [{"code": "TOOMANYREQUESTS", "message": message}]}, *self.headers())
