"""Answers from another host than the registry's own, to which a registry redirected a request.

registry.k8s.io keeps nothing itself, and vanity hosts lead to another registry. The other host never gets our
credentials. Where it requires a token even for public images, it gets one that was requested without credentials.
"""

import re
import threading
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from proxy.http.addresses import AddressPolicy
from proxy.http.exchange import Answer
from proxy.registries.auth import Authenticator, Authorization, question_of
from proxy.registries.token_requests import Send
from proxy.secrets.docker_config import DockerConfig
from proxy.secrets.registry_credentials import RegistryCredentials

_REPOSITORY = re.compile(r"/v2/(.+)/(?:manifests|tags|blobs)/[^/]+")
_MOST_HOSTS = 64


class AnonymousAuthenticators:
    """Anonymous tokens for other hosts. Safe to use from many threads.

    Args:
        send: sends a request to a token server.
        now: the time, in UTC.
        policy: which token servers may be reached by plain http.
    """

    def __init__(self, send: Send, now: Callable[[], datetime], policy: AddressPolicy) -> None:
        self._send = send
        self._now = now
        self._policy = policy
        self._lock = threading.Lock()
        self._none = RegistryCredentials(DockerConfig(), {})
        self._hosts: dict[str, Authenticator] = {}

    def authorization(self, refusal: Answer) -> Authorization | None:
        """The authorization for the address that refused; None if no token is granted without credentials.

        Raises:
            OutsideFailure: a token cannot be fetched.
        """
        parts = urlsplit(refusal.url)
        found = _REPOSITORY.fullmatch(unquote(parts.path))
        if not found:
            return None
        return self._of(parts.netloc.lower()).renewed(refusal, found[1], question_of(parts.path), None)

    def _of(self, host: str) -> Authenticator:
        with self._lock:
            known = self._hosts.get(host)
            if known is None:
                if len(self._hosts) >= _MOST_HOSTS:
                    self._hosts.pop(next(iter(self._hosts)))
                known = self._hosts[host] = Authenticator(
                    host, self._none, send=self._send, now=self._now, policy=self._policy, trusted_realms={}
                )
            return known
