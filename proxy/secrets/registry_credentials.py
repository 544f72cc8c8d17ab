"""Credentials by registry host, from docker's `config.json` and its credential helpers."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from proxy.errors import OutsideFailure
from proxy.secrets.credential_programs import ask_program, find_program, program_name
from proxy.secrets.docker_config import DockerConfig, read_docker_config, server_address
from proxy.secrets.secret import Secret

_PROGRAM_ANSWER_SECONDS = 300.0
_TOKEN_USER = "<token>"  # noqa: S105 - docker's marker for "the secret is an identity token", no secret


@dataclass(frozen=True, slots=True)
class BasicCredentials:
    """User name and password, or an identity token that is exchanged for access tokens."""

    username: str
    password: Secret
    identity_token: Secret | None = None


@dataclass(frozen=True, slots=True)
class CredentialProblem:
    """Credentials that are named and cannot be used; `where`: the file with the key, or the program. No secret."""

    where: str
    message: str


class RegistryCredentials:
    """Credentials by registry host, from a docker `config.json` and its credential helpers."""

    def __init__(
        self, config: DockerConfig, environ: Mapping[str, str], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._config = config
        self._environ = dict(environ)
        self._monotonic = monotonic
        self._answers: dict[str, tuple[float, BasicCredentials | None]] = {}
        self._failures: dict[str, CredentialProblem] = {}

    @classmethod
    def load(cls, path: Path | None, environ: Mapping[str, str]) -> "RegistryCredentials":
        """Read the file; a file that does not exist means no credentials.

        Raises:
            InvalidSetting: the file cannot be read or is not a docker configuration.
        """
        return cls(read_docker_config(path), environ)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts in the file; they may be at private addresses."""
        return frozenset(self._config.auths) | frozenset(self._config.programs)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The secrets in the file itself, to be kept out of logs and answers."""
        texts = [text for login in self._config.auths.values() for text in (login.password, login.identity_token)]
        return tuple(Secret(text) for text in texts if text)

    def problems(self) -> list[CredentialProblem]:
        """What is named and cannot be used: programs that are missing or failed last, entries without credentials."""
        config = self._config
        named = {**{host: f"credHelpers: {host}" for host in config.programs}, "": "credsStore"}
        programs = {**config.programs, **({"": config.store} if config.store else {})}
        absent = [
            CredentialProblem(program_name(name), f"{config.place}: {named[host]} names it, and it is not in PATH")
            for host, name in programs.items()
            if find_program(name, self._environ) is None
        ]
        empty = [
            CredentialProblem(f"{config.place}: auths: {server_address(host)}", "this entry has no credentials")
            for host, login in config.auths.items()
            if not (login.password or login.identity_token or config.programs.get(host) or config.store)
        ]
        unused = [
            CredentialProblem(place, "this entry is not used: only whole registries have credentials")
            for place in config.unused
        ]
        return [*absent, *self._failures.copy().values(), *empty, *unused]

    def for_registry(self, host: str) -> BasicCredentials | None:
        """The credentials for a registry's host (`docker.io`, `registry.example.com:5000`); None if there are none.

        As in docker, a credential helper is used before the credentials in the file.

        Raises:
            OutsideFailure: the credential helper for this host failed.
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
        answered = self._answers.get(host)
        if answered is None or self._monotonic() - answered[0] > _PROGRAM_ANSWER_SECONDS:
            try:
                answer = ask_program(program, server_address(host), self._environ)
            except OutsideFailure as error:
                self._failures[host] = CredentialProblem(Path(program).name, str(error))
                raise
            self._failures.pop(host, None)
            answered = (self._monotonic(), _credentials(*answer) if answer else None)
            self._answers[host] = answered
        return answered[1]


def _credentials(username: str, password: str, identity_token: str = "") -> BasicCredentials:
    if username == _TOKEN_USER and not identity_token:
        return BasicCredentials("", Secret(""), Secret(password))
    return BasicCredentials(username, Secret(password), Secret(identity_token) if identity_token else None)
