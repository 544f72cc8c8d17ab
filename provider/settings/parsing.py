"""Parse the texts of variables; each parser raises `ValidationError` with what is wrong and what to write."""

import re
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Literal, TypeVar

from environs import ValidationError

from catalog.addresses import is_web_address
from catalog.reference import DOCKER_HUB, canonical_registry
from provider.auth.callers import SHORTEST_SECRET, ServiceToken, parse_tokens
from provider.domain.duration import InvalidDuration, parse_duration
from provider.domain.enrollment_grammar import registry_problem, shown
from provider.domain.source_address import repo_problem
from proxy.cloud.offers import OFFERS, Cloud
from proxy.errors import AddressRefused, InvalidSetting
from proxy.http.addresses import split_host
from proxy.http.trust import ClientCertificate
from proxy.registries.endpoints import Endpoint
from proxy.secrets.secret import Secret

Part = TypeVar("Part")
_CAN_BE_GUESSED = f"has fewer than {SHORTEST_SECRET} characters and can be guessed; make one with: openssl rand -hex 32"
_ON = {"true", "1", "yes", "on"}
_OFF = {"false", "0", "no", "off"}
_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_NUMBER = re.compile(r"[0-9]{1,6}")
_NO_TIME = re.compile(r"0+[smhdw]")
_POSTGRESQL = re.compile(r"postgresql(\+psycopg)?://[^/].*")
# The second path begins where a colon is followed by an absolute path.
_CERTIFICATE_FILES = re.compile(r"([~/].*?)(?::([~/].*))?")
_SQLITE = re.compile(r"sqlite:///(?!:memory:).+")


def time_of_day(text: str) -> time:
    """A time of the day, such as 08:00."""
    found = _TIME_OF_DAY.fullmatch(text)
    if found is None:
        raise ValidationError("not a time of the day; write hours and minutes in UTC, for example 08:00")
    return time(int(found[1]), int(found[2]))


def following(problem: Callable[[str], str | None]) -> Callable[[str], str]:
    """A parser that returns the text unchanged when a grammar's `*_problem` accepts it."""

    def parse(text: str) -> str:
        if found := problem(text):
            raise ValidationError(found)
        return text

    return parse


def each(parse: Callable[[str], Part]) -> Callable[[str], tuple[Part, ...]]:
    """A parser of a comma-separated list that parses each part."""

    def parse_all(text: str) -> tuple[Part, ...]:
        return tuple(parse(part) for part in _parts(text))

    return parse_all


def database_url(text: str) -> str:
    """A SQLite file or PostgreSQL; the message does not repeat the text, which may hold a password."""
    if _SQLITE.fullmatch(text) or _POSTGRESQL.fullmatch(text):
        return text
    raise ValidationError(
        "unsupported database URL; "
        "write for example sqlite:///data/image-factory.db or postgresql+psycopg://user@host/name"
    )


def header_token(secret: Secret) -> Secret:
    """A token that is sent in a header; the message does not repeat it."""
    if not all("!" <= character <= "~" for character in secret.reveal()):
        raise ValidationError("this token cannot be sent in a header; use visible ASCII characters only")
    return secret


def long_secret(secret: Secret) -> Secret:
    """A secret that must not be guessed; the message does not repeat it."""
    if len(secret.reveal()) < SHORTEST_SECRET:
        raise ValidationError(f"it {_CAN_BE_GUESSED}")
    return secret


def long_secrets(secret: Secret) -> Secret:
    """One or several secrets, separated by commas, each of which must not be guessed; the message repeats none."""
    for number, text in enumerate(secret.reveal().split(","), start=1):
        if len(text.strip()) < SHORTEST_SECRET:
            raise ValidationError(f"secret {number} {_CAN_BE_GUESSED}")
    return secret


def service_tokens(secret: Secret) -> tuple[ServiceToken, ...]:
    """A comma-separated list of `name:role:token`; the message repeats no token."""
    tokens = parse_tokens(secret.reveal())
    for number, token in enumerate(tokens, start=1):
        if len(token.secret.reveal()) < SHORTEST_SECRET:
            # A long name may be a token in the wrong place, so it is not repeated.
            named = f" ({token.name})" if len(token.name) < SHORTEST_SECRET else ""
            raise ValidationError(f"the token of entry {number}{named} {_CAN_BE_GUESSED}")
    return tokens


def git_address(text: str) -> str:
    """An https, ssh or http address, or a local folder; plain http is allowed for a host that is named here."""
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
    """A comma-separated list of `registry=address`."""
    found: dict[str, str] = {}
    for part in _parts(text):
        registry, equals, address = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise ValidationError(
                f"{shown(part)} is not a mirror; write for example docker.io=https://mirror.example.com"
            )
        # Images have the canonical name of their registry: one rule for each, however it is written here.
        registry = canonical_registry(registry)
        if problem := registry_problem(registry):
            raise ValidationError(problem)
        if registry in found:
            raise ValidationError(f"{registry} has two mirrors; keep one")
        found[registry] = _mirror(registry, address)
    return MappingProxyType(found)


def trusted_realms(text: str) -> Mapping[str, str]:
    """A comma-separated list of `registry=token-host`, each as `host` or `host:port`, in lower case."""
    found: dict[str, str] = {}
    for part in _parts(text):
        registry, equals, realm = (piece.strip() for piece in part.partition("="))
        if not equals or not registry or not realm:
            raise ValidationError(
                f"{shown(part)} is not a registry and its token host; "
                "write for example registry.example.com=auth.example.com"
            )
        name = DOCKER_HUB if canonical_registry(registry) == DOCKER_HUB else host(registry)
        if name in found:
            raise ValidationError(f"{registry} has two token hosts; write one")
        found[name] = host(realm)
    return MappingProxyType(found)


def clouds(text: str) -> frozenset[Cloud] | None:
    """A comma-separated list of clouds, `none`, or None for `auto`."""
    words = {word.lower() for word in _parts(text)}
    if words in ({"auto"}, {"none"}):
        return None if words == {"auto"} else frozenset()
    if wrong := words - OFFERS.keys():
        raise ValidationError(
            f"{', '.join(map(shown, sorted(wrong)))} is not a cloud; write auto, none, or some of {', '.join(OFFERS)}"
        )
    return frozenset(cloud for cloud in OFFERS if cloud in words)


def client_certificates(home: str) -> Callable[[str], Mapping[str, ClientCertificate]]:
    """A parser of a comma-separated list of `host=certificate` and `host=certificate:key`, each a PEM file."""
    path = path_below(home)

    def parse(text: str) -> Mapping[str, ClientCertificate]:
        found: dict[str, ClientCertificate] = {}
        for part in _parts(text):
            name, equals, files = (piece.strip() for piece in part.partition("="))
            match = _CERTIFICATE_FILES.fullmatch(files)
            if not equals or not match:
                raise ValidationError(
                    f"{shown(part)} is not a host and its client certificate; write for example "
                    "registry.example.com=/etc/tls/client.crt:/etc/tls/client.key"
                )
            if host(name) in found:
                raise ValidationError(f"{name} has two client certificates; write one")
            found[host(name)] = ClientCertificate(path(match[1]), path(match[2] or match[1]))
        return MappingProxyType(found)

    return parse


def duration(text: str) -> timedelta:
    """A duration as in images.yaml, from 1s."""
    try:
        return parse_duration(text)
    except InvalidDuration as error:
        raise ValidationError(str(error)) from error


def window(text: str) -> timedelta:
    """A duration, or `0s` for none."""
    return timedelta(0) if _NO_TIME.fullmatch(text) else duration(text)


def count(text: str) -> int:
    """A whole number from 1."""
    if not _NUMBER.fullmatch(text) or int(text) < 1:
        raise ValidationError(f"{shown(text)} is not a number of builds; write a whole number from 1 to 999999")
    return int(text)


def switch(text: str) -> bool:
    """True or false, also written as on and off, yes and no, or 1 and 0."""
    if text.lower() not in _ON | _OFF:
        raise ValidationError(f"{shown(text)} is not a boolean; write true or false")
    return text.lower() in _ON


def enrollment_mode(text: str) -> Literal["commit", "pull-request"]:
    """How changes of enrollments by callers reach the config branch."""
    match text:
        case "commit" | "pull-request":
            return text
        case _:
            raise ValidationError(f"{shown(text)} is no way to change enrollments; write commit or pull-request")


def worker_id(text: str) -> str:
    """The name of a worker."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", text):
        raise ValidationError(f"{shown(text)} is no id; use letters, digits, '.', '_' and '-', at most 63: worker-1")
    return text


def log_format(text: str) -> Literal["text", "json"]:
    """The format of the log."""
    match text:
        case "text" | "json":
            return text
        case _:
            raise ValidationError(f"{shown(text)} is not a log format; write text or json")


def path_below(home: str) -> Callable[[str], Path]:
    """A parser of paths; `~` at the beginning is `home`."""

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
