"""Docker's `config.json`: the credentials and the credential helpers of each registry.

Source of the format: docs.docker.com/reference/cli/docker/login (credential stores, credential helpers).
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from catalog.reference import DOCKER_HUB
from proxy.errors import InvalidSetting

_DOCKER_HUB_SERVER = "https://index.docker.io/v1/"
_DOCKER_HUB_HOSTS = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})


@dataclass(frozen=True, slots=True)
class Login:
    """One entry of `auths`; a missing field is an empty text."""

    username: str
    password: str = field(repr=False)
    identity_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class DockerConfig:
    """The parts of the file that concern credentials, by registry host.

    Attributes:
        place: the path of the file.
        unused: the places of entries for a path of a registry, which are not used.
    """

    auths: Mapping[str, Login] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)
    store: str | None = None
    place: str = ""
    unused: tuple[str, ...] = ()


def server_address(host: str) -> str:
    """The key of a host's credentials in docker's configuration, which is also sent to credential helpers."""
    return _DOCKER_HUB_SERVER if host == DOCKER_HUB else host


def registry_host(key: str) -> str | None:
    """The registry host of a key of `auths`; None if the key does not belong to a registry.

    Docker Desktop keeps `https://index.docker.io/v1/access-token` and `.../refresh-token` besides the login itself.

    Raises:
        ValueError: the key is not an address.
    """
    address = urlsplit(key if "://" in key else f"//{key}")
    if address.path.strip("/") not in {"", "v1", "v2"} or not address.netloc:
        return None
    host = address.netloc.lower()
    return DOCKER_HUB if host in _DOCKER_HUB_HOSTS else host


def read_docker_config(path: Path | None) -> DockerConfig:
    """Read the file; None, or a file that does not exist, is an empty configuration.

    Raises:
        InvalidSetting: the file cannot be read or is not a docker configuration.
    """
    if path is None:
        return DockerConfig()
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return DockerConfig()
    except OSError as error:
        raise InvalidSetting(f"{path} cannot be read: {error.strerror}; it must be a docker config.json") from error
    # `from None`: the decoder's error contains the document, and with it the secrets.
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidSetting(f"{path} is not JSON; it must be a docker config.json") from None
    return _config(document, path)


def _config(document: object, path: Path) -> DockerConfig:
    top = _table(document, f"{path}")
    auths = _table(top.get("auths") or {}, f"{path}: auths")
    programs = _table(top.get("credHelpers") or {}, f"{path}: credHelpers")
    return DockerConfig(
        {host: _login(entry, where) for host, where, entry in _by_host(auths, f"{path}: auths")},
        {host: _text(program, where) for host, where, program in _by_host(programs, f"{path}: credHelpers")},
        _text(top.get("credsStore") or "", f"{path}: credsStore") or None,
        str(path),
        tuple(f"{path}: auths: {key}" for key in auths if _is_unused(key)),
    )


def _is_unused(key: str) -> bool:
    """Whether the key is for a part of a registry; Docker Desktop's own entries for Docker Hub are not."""
    address = urlsplit(key if "://" in key else f"//{key}")
    return registry_host(key) is None and address.netloc.lower() not in _DOCKER_HUB_HOSTS


def _by_host(section: Mapping[str, object], where: str) -> Iterator[tuple[str, str, object]]:
    """Host, place (for messages) and value of each entry that belongs to a registry."""
    for key, value in section.items():
        try:
            host = registry_host(key)
        except ValueError:
            raise InvalidSetting(
                f"{where}: {key!r} is not the address of a registry; write for example registry.example.com:5000"
            ) from None
        if host:
            yield host, f"{where}: {key}", value


def _login(entry: object, where: str) -> Login:
    fields = _table(entry or {}, where)
    username = _text(fields.get("username") or "", f"{where}: username")
    password = _text(fields.get("password") or "", f"{where}: password")
    if auth := _text(fields.get("auth") or "", f"{where}: auth"):
        username, password = _decode(auth, where)
    return Login(username, password, _text(fields.get("identitytoken") or "", f"{where}: identitytoken"))


def _decode(auth: str, where: str) -> tuple[str, str]:
    try:
        username, colon, password = base64.b64decode(auth, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise InvalidSetting(f"{where}: auth is not base64 of user:password; run docker login again") from None
    if not colon:
        raise InvalidSetting(f"{where}: auth has no ':' between user and password; run docker login again")
    return username, password.rstrip("\0")


def _table(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise InvalidSetting(f"{where} must be a JSON object")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise InvalidSetting(f"{where} must be a string")
    return value
