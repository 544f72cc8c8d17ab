"""Addresses that git may use: https and ssh; http for listed hosts; a folder of this machine. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import SplitResult, urlsplit

from proxy.http.addresses import plain_http_allowed

# git's own rule: a colon before the first slash means ssh (git help clone, "GIT URLS").
_SCP_LIKE = re.compile(r"(?:[A-Za-z0-9._][A-Za-z0-9._-]*@)?(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*):(?!/{2})\S+")
_RIGHT = "write https://host/owner/name.git, ssh://git@host/owner/name.git or an absolute folder"


class InvalidGitAddress(ValueError):
    """Git may not use this address; the message says why, and never repeats a password."""


@dataclass(frozen=True, slots=True)
class GitAddress:
    """A valid address.

    Attributes:
        text: the address as it is passed to git.
        protocol: https, http, ssh or file: the only protocol that git may use for it.
    """

    text: str
    protocol: str

    @classmethod
    def parse(cls, text: str, http_hosts: Collection[str] = ()) -> "GitAddress":
        """Parse an address.

        Args:
            text: the value of the setting or of the enrollment.
            http_hosts: hosts that allow plain http; an entry without a port covers all ports.

        Raises:
            InvalidGitAddress: another protocol, an address with a password, or not an address.
        """
        if not text or text.startswith("-") or not text.isprintable() or " " in text:
            raise InvalidGitAddress(f"not an address of a git repository; {_RIGHT}")
        if "://" in text:
            return cls(text, _protocol(_split(text), http_hosts))
        # `<name>::<address>` would start a transport program of any name (git help gitremote-helpers).
        if "::" not in text and _SCP_LIKE.fullmatch(text):
            return cls(text, "ssh")
        if PurePath(text).is_absolute():
            return cls(text, "file")
        raise InvalidGitAddress(f"{text.partition('@')[0]!r} is not an address of a git repository; {_RIGHT}")


def _split(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        # Reading the port checks it.
        _ = url.port
    except ValueError:
        # Its message may repeat the credentials before the host.
        raise InvalidGitAddress(f"not an address of a git repository: its host is not valid; {_RIGHT}") from None
    return url


def _protocol(url: SplitResult, http_hosts: Collection[str]) -> str:
    where = f"{url.scheme}://{_host_and_port(url)}{url.path}"
    match url.scheme:
        case "https" | "http" if url.username is not None:
            raise InvalidGitAddress(
                f"{where}: the address contains credentials; remove them, and configure the token as a setting"
            )
        case "https" if url.hostname:
            return "https"
        case "http" if url.hostname and plain_http_allowed(url.hostname, url.port, http_hosts):
            return "http"
        case "http":
            raise InvalidGitAddress(
                f"{where}: http:// is allowed only for hosts in IMAGE_FACTORY_INSECURE_REGISTRIES; "
                f"use https://, or add {url.hostname} to that setting"
            )
        case "ssh" if url.hostname and not url.hostname.startswith("-") and url.password is None:
            return "ssh"
        case "file" if not url.netloc and PurePath(url.path).is_absolute():
            return "file"
        case _:
            raise InvalidGitAddress(f"{where}: this kind of address is not supported; {_RIGHT}")


def _host_and_port(url: SplitResult) -> str:
    """Host and port as the settings list them, without user and password."""
    return url.netloc.rpartition("@")[2].lower()
