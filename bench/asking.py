"""Sends single requests to a server, and several at the same time."""

from concurrent.futures import ThreadPoolExecutor

import urllib3

_SECONDS = 60.0


class Asking:
    """A client with a token."""

    def __init__(self, url: str, token: str) -> None:
        """Prepare the client; `url` has no slash at its end."""
        self._url = url
        self._headers = {"X-Image-Factory-Token": token}

    def get(self, target: str) -> urllib3.BaseHTTPResponse:
        """One answer, with any status."""
        return urllib3.request("GET", self._url + target, headers=self._headers, retries=False, timeout=_SECONDS)

    def stranger(self, target: str) -> urllib3.BaseHTTPResponse:
        """The answer to a request without a token."""
        return urllib3.request("GET", self._url + target, retries=False, timeout=_SECONDS)

    def at_once(self, target: str, callers: int) -> list[urllib3.BaseHTTPResponse]:
        """The answers to this number of requests at the same time."""
        with ThreadPoolExecutor(callers) as pool:
            return list(pool.map(self.get, [target] * callers))
