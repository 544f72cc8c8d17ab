"""Addresses that git may be given: https and ssh; http for listed hosts; a folder of this machine. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import SplitResult, urlsplit

# git's own rule: a colon before the first slash means ssh (git help clone, "GIT URLS").
_SCP_LIKE = re.compile(r"(?:[A-Za-z0-9._][A-Za-z0-9._-]*@)?(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*):(?!/{2})\S+")
_RIGHT = "write https://host/owner/name.git, ssh://git@host/owner/name.git or an absolute folder"


class InvalidGitAddress(ValueError):
    """Git is not given this address; the message says why, and never repeats a password."""


@dataclass(frozen=True, slots=True)
class GitAddress:
    """An address that was checked.

    Attributes:
        text: as git is given it.
        protocol: https, http, ssh or file: the only one that git is allowed to use for it.
    """

    text: str
    protocol: str

    @classmethod
    def parse(cls, text: str, http_hosts: Collection[str] = ()) -> "GitAddress":
        """Check an address.

        Args:
            text: what the setting says.
            http_hosts: hosts that may be reached by plain http; an entry without a port covers all its ports.

        Raises:
            InvalidGitAddress: another protocol, a password inside, or no address at all.
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
        return urlsplit(text)
    except ValueError:
        # Its message may repeat what stands before the host.
        raise InvalidGitAddress(f"not an address of a git repository: its host cannot be read; {_RIGHT}") from None


def _protocol(url: SplitResult, http_hosts: Collection[str]) -> str:
    where = f"{url.scheme}://{_host_and_port(url)}{url.path}"
    match url.scheme:
        case "https" | "http" if url.username is not None:
            raise InvalidGitAddress(
                f"{where}: the address holds credentials; set the token on its own, not in the address"
            )
        case "https" if url.hostname:
            return "https"
        case "http" if url.hostname and {url.hostname, _host_and_port(url)} & set(http_hosts):
            return "http"
        case "http":
            raise InvalidGitAddress(
                f"{where}: plain http is only for listed hosts; "
                f"use https, or list {url.hostname} in IMAGE_FACTORY_INSECURE_REGISTRIES"
            )
        case "ssh" if url.hostname and not url.hostname.startswith("-") and url.password is None:
            return "ssh"
        case "file" if not url.netloc and PurePath(url.path).is_absolute():
            return "file"
        case _:
            raise InvalidGitAddress(f"{where}: git is not given this address; {_RIGHT}")


def _host_and_port(url: SplitResult) -> str:
    """Host and port as listed, without user and password."""
    return url.netloc.rpartition("@")[2].lower()
