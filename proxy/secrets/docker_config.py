"""Docker's `config.json`: the credentials and the credential helpers of each registry. Pure.

Source of the format: docs.docker.com/reference/cli/docker/login (credential stores, credential helpers).
`.dockercfg` is its older form: the content of `auths` alone.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from catalog.reference import DOCKER_HUB
from proxy.errors import InvalidSetting
from proxy.secrets.credentials import CredentialProblem
from proxy.secrets.registry_keys import ByRegistry, RegistryKey

_DOCKER_HUB_SERVER = "https://index.docker.io/v1/"
_SECTIONS = frozenset({"auths", "credHelpers", "credsStore"})
_LOGIN_FIELDS = frozenset({"auth", "username", "password", "identitytoken", "registrytoken"})
_KEY_REMEDY = "write the host of a registry, such as registry.example.com:5000, or registry.example.com/team"

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Login:
    """One entry of `auths`; a missing field is an empty text."""

    username: str
    password: str = field(repr=False)
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether it has no credentials; docker leaves such entries for hosts of a credential store."""
        return not (self.password or self.identity_token or self.registry_token)


@dataclass(frozen=True, slots=True)
class DockerConfig:
    """The parts of the file that concern credentials.

    Attributes:
        auths: logins by key: a host, a path or a glob, as `RegistryKey` has them.
        programs: names of credential helpers by key.
        store: the name of the credential store for all registries.
        place: the path of the file.
        problems: entries that cannot be used.
    """

    auths: Mapping[str, Login] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)
    store: str | None = None
    place: str = ""
    problems: tuple[CredentialProblem, ...] = ()
    _logins: ByRegistry[Login] = field(init=False, repr=False, compare=False)
    _programs: ByRegistry[str] = field(init=False, repr=False, compare=False)
    _hosts: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        filled = {key: login for key, login in self.auths.items() if not login.is_empty}
        object.__setattr__(self, "_logins", ByRegistry(filled))
        object.__setattr__(self, "_programs", ByRegistry(self.programs))
        hosts = frozenset({*ByRegistry(self.auths).hosts(), *self._programs.hosts()})
        object.__setattr__(self, "_hosts", hosts)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that the file names; those of globs are not known."""
        return self._hosts

    def login(self, host: str, repository: str | None) -> tuple[str, Login] | None:
        """The key and the login of the most exact entry with credentials for a repository; None: the whole host."""
        return self._logins.find(host, repository)

    def program(self, host: str, repository: str | None) -> str | None:
        """The name of the credential helper for a repository, or of the store for all registries."""
        found = self._programs.find(host, repository)
        return found[1] if found else self.store

    def merged(self, other: "DockerConfig") -> "DockerConfig":
        """Both together; where both have an entry for a key, this one's is used."""
        return DockerConfig(
            {**other.auths, **self.auths},
            {**other.programs, **self.programs},
            self.store or other.store,
            self.place,
            (*self.problems, *other.problems),
        )


def server_address(host: str) -> str:
    """The key of a host's credentials in docker's configuration, which is also sent to credential helpers."""
    return _DOCKER_HUB_SERVER if host == DOCKER_HUB else host


def docker_config(document: object, where: str, place: str) -> DockerConfig:
    """Read a document: a `config.json`, or a `.dockercfg`.

    Args:
        document: parsed JSON.
        where: the file, and the place in it, for messages.
        place: the path of the file.

    Raises:
        InvalidSetting: it is not a docker configuration.
    """
    top = _table(document, where)
    if _is_dockercfg(top):
        top = {"auths": top}
    auths = _table(top.get("auths") or {}, f"{where}: auths")
    programs = _table(top.get("credHelpers") or {}, f"{where}: credHelpers")
    logins = {key: _login(entry, f"{where}: auths: {key}") for key, entry in auths.items()}
    helpers = {key: _text(name, f"{where}: credHelpers: {key}") for key, name in programs.items()}
    return DockerConfig(
        _by_key(logins),
        _by_key(helpers),
        _text(top.get("credsStore") or "", f"{where}: credsStore") or None,
        place,
        (*_problems(auths, f"{where}: auths"), *_problems(programs, f"{where}: credHelpers")),
    )


def _is_dockercfg(top: Mapping[str, object]) -> bool:
    entries = top.values()
    return (
        not _SECTIONS & top.keys()
        and all(isinstance(entry, dict) for entry in entries)
        and any(isinstance(entry, dict) and _LOGIN_FIELDS & entry.keys() for entry in entries)
    )


def _by_key(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries by key in one spelling; an empty login does not replace one that is written differently."""
    found: dict[str, Entry] = {}
    for written, entry in entries.items():
        key = _parsed(written)
        if key and not (str(key) in found and isinstance(entry, Login) and entry.is_empty):
            found[str(key)] = entry
    return found


def _parsed(key: str) -> RegistryKey | None:
    try:
        return RegistryKey.parse(key)
    except ValueError:
        return None


def _problems(keys: Mapping[str, object], where: str) -> list[CredentialProblem]:
    """Keys that are no registry's."""
    found = []
    for key in keys:
        try:
            RegistryKey.parse(key)
        except ValueError:
            found.append(CredentialProblem(f"{where}: {key}", "this key is not the address of a registry", _KEY_REMEDY))
    return found


def _login(entry: object, where: str) -> Login:
    fields = _table(entry or {}, where)
    username = _text(fields.get("username") or "", f"{where}: username")
    password = _text(fields.get("password") or "", f"{where}: password")
    if auth := _text(fields.get("auth") or "", f"{where}: auth"):
        username, password = _decode(auth, where)
    tokens = [_text(fields.get(name) or "", f"{where}: {name}") for name in ("identitytoken", "registrytoken")]
    return Login(username, password, *tokens)


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
