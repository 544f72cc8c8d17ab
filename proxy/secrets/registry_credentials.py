"""The only place where secrets are read."""

import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from proxy.errors import InvalidSetting
from proxy.secrets.credential_programs import ask_program, find_program
from proxy.secrets.docker_config import DockerConfig, read_docker_config, server_address

_PROGRAM_ANSWER_SECONDS = 300.0
_TOKEN_USER = "<token>"  # noqa: S105 - docker's marker for "the secret is an identity token", no secret


class Secret:
    """A text that prints as `***`. Compared in constant time; cannot be pickled or turned into JSON by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: for the request that needs it and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __format__(self, format_spec: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> Never:
        raise TypeError("a secret is not serialised")


def read_secret(environ: Mapping[str, str], name: str) -> Secret | None:
    """The secret in the variable `name`, or in the file that `name`_FILE names (without its last line break).

    Raises:
        InvalidSetting: both are set, or the file is empty or cannot be read.
    """
    value, path = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if value and path:
        raise InvalidSetting(f"{name} and {name}_FILE are both set; set one of them")
    if not path:
        return Secret(value) if value else None
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise InvalidSetting(f"{name}_FILE: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise InvalidSetting(f"{name}_FILE: {path} is not text in UTF-8") from None
    if not text:
        raise InvalidSetting(f"{name}_FILE: {path} is empty")
    return Secret(text)


@dataclass(frozen=True, slots=True)
class BasicCredentials:
    """User name and password, or an identity token that is exchanged for tokens instead of a password."""

    username: str
    password: Secret
    identity_token: Secret | None = None


class RegistryCredentials:
    """Credentials by registry host, out of a docker `config.json` and the helpers it names."""

    def __init__(
        self, config: DockerConfig, environ: Mapping[str, str], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._config = config
        self._environ = dict(environ)
        self._monotonic = monotonic
        self._answers: dict[str, tuple[float, BasicCredentials | None]] = {}

    @classmethod
    def load(cls, path: Path | None, environ: Mapping[str, str]) -> "RegistryCredentials":
        """Read the file; a file that does not exist means no credentials.

        Raises:
            InvalidSetting: the file cannot be read or is no docker configuration.
        """
        return cls(read_docker_config(path), environ)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that the file names; they count as listed."""
        return frozenset(self._config.auths) | frozenset(self._config.programs)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What the file itself holds, for whoever makes sure that none of it leaves."""
        texts = [text for login in self._config.auths.values() for text in (login.password, login.identity_token)]
        return tuple(Secret(text) for text in texts if text)

    def for_registry(self, host: str) -> BasicCredentials | None:
        """The credentials for a registry's host (`docker.io`, `registry.example.com:5000`); None where there are none.

        As docker does, a helper goes before what the file itself holds.

        Raises:
            OutsideFailure: the helper named for this host failed.
        """
        return self._by_program(host) or self._in_file(host)

    def _in_file(self, host: str) -> BasicCredentials | None:
        entry = self._config.auths.get(host)
        if entry is None or not (entry.password or entry.identity_token):
            return None
        return _credentials(entry.username, entry.password, entry.identity_token)

    def _by_program(self, host: str) -> BasicCredentials | None:
        name = self._config.programs.get(host) or self._config.store
        program = find_program(name, self._environ) if name else None
        if program is None:
            return None
        asked = self._answers.get(host)
        if asked is None or self._monotonic() - asked[0] > _PROGRAM_ANSWER_SECONDS:
            answer = ask_program(program, server_address(host), self._environ)
            asked = (self._monotonic(), _credentials(*answer) if answer else None)
            self._answers[host] = asked
        return asked[1]


def _credentials(username: str, password: str, identity_token: str = "") -> BasicCredentials:
    if username == _TOKEN_USER and not identity_token:
        return BasicCredentials("", Secret(""), Secret(password))
    return BasicCredentials(username, Secret(password), Secret(identity_token) if identity_token else None)
