"""A token that the log shows while no callers are configured: whoever can read the log may sign in with it, once."""

import secrets
import threading
from collections.abc import Callable

from provider.auth.callers import same_secret
from proxy.secrets.secret import Secret

_BYTES = 16


class StartToken:
    """Each token signs in once; then the log shows the next one. Thread-safe.

    Args:
        show: writes the token where only the operator reads it.
    """

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show = show
        self._lock = threading.Lock()
        self._token = self._next()

    def takes(self, presented: str) -> bool:
        """Whether this is the token; after that it is no more."""
        with self._lock:
            if not same_secret(self._token, presented):
                return False
            self._token = self._next()
            return True

    def _next(self) -> Secret:
        text = secrets.token_hex(_BYTES)
        self._show(text)
        return Secret(text)
