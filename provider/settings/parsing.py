"""Texts of variables to values; each parser raises `ValidationError` with what is wrong and what would be right."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Literal

from environs import ValidationError

from catalog.addresses import is_web_address
from provider.domain.duration import InvalidDuration, parse_duration
from provider.domain.enrollment_grammar import registry_problem, shown
from provider.domain.source_address import repo_problem
from proxy.errors import AddressRefused, InvalidSetting
from proxy.http.addresses import split_host
from proxy.registries.endpoints import Endpoint
from proxy.secrets.secret import Secret

_ON = {"true", "1", "yes", "on"}
_OFF = {"false", "0", "no", "off"}
_NUMBER = re.compile(r"[0-9]{1,6}")
_NO_TIME = re.compile(r"0+[smhdw]")
_POSTGRESQL = re.compile(r"postgresql(\+psycopg)?://[^/].*")
_SQLITE = re.compile(r"sqlite:///(?!:memory:).+")


def following(problem: Callable[[str], str | None]) -> Callable[[str], str]:
    """The text as it is, where a grammar's `*_problem` has nothing against it."""

    def parse(text: str) -> str:
        if found := problem(text):
            raise ValidationError(found)
        return text

    return parse


def each(parse: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    """A list with commas, each part parsed."""

    def parse_all(text: str) -> tuple[str, ...]:
        return tuple(parse(part) for part in _parts(text))

    return parse_all


def database_url(text: str) -> str:
    """A SQLite file or PostgreSQL; the text may hold a password and is not repeated."""
    if _SQLITE.fullmatch(text) or _POSTGRESQL.fullmatch(text):
        return text
    raise ValidationError(
        "unsupported database URL; "
        "write for example sqlite:///data/image-factory.db or postgresql+psycopg://user@host/name"
    )


def header_token(secret: Secret) -> Secret:
    """A token that goes into a header; the message does not repeat it."""
    if not all("!" <= character <= "~" for character in secret.reveal()):
        raise ValidationError("this token cannot be sent in a header; use visible ASCII characters only")
    return secret


def git_address(text: str) -> str:
    """An https or ssh address, or a folder of this machine; http, as naming a host here lists it."""
    folder = text.removeprefix("file://")
    if folder.isprintable() and PurePath(folder).is_absolute():
        return text
    if problem := repo_problem("git", text):
        raise ValidationError(f"{problem}, or an absolute folder")
    return text


def web_address(text: str) -> str:
    """An http or https address, without a slash at the end."""
    if not is_web_address(text) or "?" in text or "#" in text:
        raise ValidationError(
            f"{shown(text)} is not a web address; write for example https://host.example.com, "
            "without user, password, '?' and '#'"
        )
    return text.rstrip("/")


def web_folder(text: str) -> str:
    """An http or https address with a slash at the end."""
    return f"{web_address(text)}/"


def host(text: str) -> str:
    """`host` or `host:port`, in lower case."""
    try:
        split_host(text)
    except AddressRefused as error:
        raise ValidationError(str(error)) from error
    return text.lower()


def mirrors(text: str) -> Mapping[str, str]:
    """`registry=address` with commas between."""
    found: dict[str, str] = {}
    for part in _parts(text):
        registry, equals, address = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise ValidationError(
                f"{shown(part)} is not a mirror; write for example docker.io=https://mirror.example.com"
            )
        if problem := registry_problem(registry):
            raise ValidationError(problem)
        if registry in found:
            raise ValidationError(f"{registry} has two mirrors; keep one")
        found[registry] = _mirror(registry, address)
    return MappingProxyType(found)


def trusted_realms(text: str) -> Mapping[str, str]:
    """`registry=token-host` with commas between; both as `host` or `host:port`, in lower case."""
    found: dict[str, str] = {}
    for part in _parts(text):
        registry, equals, realm = (piece.strip() for piece in part.partition("="))
        if not equals or not registry or not realm:
            raise ValidationError(
                f"{shown(part)} is not a registry and its token host; "
                "write for example registry.example.com=auth.example.com"
            )
        if host(registry) in found:
            raise ValidationError(f"{registry} has two token hosts; write one")
        found[host(registry)] = host(realm)
    return MappingProxyType(found)


def duration(text: str) -> timedelta:
    """A duration as in images.yaml, from 1s."""
    try:
        return parse_duration(text)
    except InvalidDuration as error:
        raise ValidationError(str(error)) from error


def window(text: str) -> timedelta:
    """A duration, or none at all: `0s`."""
    return timedelta(0) if _NO_TIME.fullmatch(text) else duration(text)


def count(text: str) -> int:
    """A whole number from 1."""
    if not _NUMBER.fullmatch(text) or int(text) < 1:
        raise ValidationError(f"{shown(text)} is not a number of builds; write a whole number from 1 to 999999")
    return int(text)


def switch(text: str) -> bool:
    """On or off."""
    if text.lower() not in _ON | _OFF:
        raise ValidationError(f"{shown(text)} is not a boolean; write true or false")
    return text.lower() in _ON


def log_format(text: str) -> Literal["text", "json"]:
    """How the log is written."""
    match text:
        case "text" | "json":
            return text
        case _:
            raise ValidationError(f"{shown(text)} is not a log format; write text or json")


def path_below(home: str) -> Callable[[str], Path]:
    """A path; `~` at its beginning is `home`."""

    def parse(text: str) -> Path:
        if not text.isprintable():
            raise ValidationError("this is not a path; it has characters that cannot be printed")
        return Path(home, text[2:]) if text.startswith("~/") else Path(text)

    return parse


def _mirror(registry: str, address: str) -> str:
    if not is_web_address(address):
        raise ValidationError(
            f"the mirror of {registry} is not a web address; write for example {registry}=https://mirror.example.com"
        )
    try:
        Endpoint.of_mirror(registry, address)
    except InvalidSetting as error:
        raise ValidationError(str(error)) from error
    return address.rstrip("/")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
