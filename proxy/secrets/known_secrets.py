"""The secrets of registries that logs and answers must not show, as they change."""

import threading
from collections import deque
from collections.abc import Iterable

from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.docker_config import DockerConfig
from proxy.secrets.secret import Secret

_MOST_OLD = 64


class KnownSecrets:
    """Secrets in use, and the last ones before them, which may still be in a message. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: tuple[object, object] = (None, None)
        self._old: deque[Secret] = deque(maxlen=_MOST_OLD)
        self._all: tuple[Secret, ...] = ()

    def all(self, config: DockerConfig, issued: tuple[BasicCredentials, ...]) -> tuple[Secret, ...]:
        """All of them; the same tuple as long as both arguments are the same objects."""
        with self._lock:
            if self._of[0] is not config or self._of[1] is not issued:
                found = dict.fromkeys([*_in_file(config), *_in_credentials(issued)])
                self._old.extend(secret for secret in self._all if secret not in found and secret not in self._old)
                self._all = tuple(dict.fromkeys([*found, *self._old]))
                self._of = config, issued
            return self._all


def _in_file(config: DockerConfig) -> Iterable[Secret]:
    for login in config.auths.values():
        yield from (Secret(text) for text in (login.password, login.identity_token, login.registry_token) if text)


def _in_credentials(issued: Iterable[BasicCredentials]) -> Iterable[Secret]:
    for credentials in issued:
        yield from filter(None, (credentials.password, credentials.identity_token, credentials.registry_token))
