"""Credentials by registry host, from docker's `config.json`, its credential helpers, and sources that issue them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from proxy.errors import OutsideFailure
from proxy.secrets.credential_programs import ask_program, find_program, program_name
from proxy.secrets.credential_sources import CredentialSource, IssuedCredentials, NoneForOwner
from proxy.secrets.credentials import BasicCredentials, CredentialProblem
from proxy.secrets.docker_config import DockerConfig, read_docker_config, server_address
from proxy.secrets.issued_cache import IssuedCache, Key
from proxy.secrets.secret import Secret

_TOKEN_USER = "<token>"  # noqa: S105 - docker's marker for "the secret is an identity token", no secret


class RegistryCredentials:
    """Credentials by registry host, from a docker `config.json`, its credential helpers, and sources that issue them.

    Args:
        config: the file.
        environ: the environment of the helpers.
        sources: asked in this order for a host of which the file has nothing.
        now: the time, in UTC.
    """

    def __init__(
        self,
        config: DockerConfig,
        environ: Mapping[str, str],
        sources: Sequence[CredentialSource] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._config = config
        self._environ = dict(environ)
        self._sources = tuple(sources)
        self._issued = IssuedCache(now)

    @classmethod
    def load(
        cls,
        path: Path | None,
        environ: Mapping[str, str],
        sources: Sequence[CredentialSource] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> "RegistryCredentials":
        """Read the file; a file that does not exist means no credentials.

        Raises:
            InvalidSetting: the file cannot be read or is not a docker configuration.
        """
        return cls(read_docker_config(path), environ, sources, now)

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
        failed = [
            CredentialProblem(where, str(error))
            for (where, *_), error in self._issued.failures()
            if not isinstance(error, NoneForOwner)
        ]
        return [*absent, *failed, *empty, *unused]

    def for_registry(self, host: str, repository: str | None = None) -> BasicCredentials | None:
        """The credentials for a registry's host (`docker.io`, `registry.example.com:5000`); None if there are none.

        As in docker, a credential helper is used before the credentials in the file. Where neither has any, the
        sources are asked.

        Args:
            host: the registry's.
            repository: the one that is asked for (`acme/app`); None: the host as a whole.

        Raises:
            OutsideFailure: the credential helper or the source for this host failed, and the host needs credentials.
        """
        return self._by_program(host) or self._in_file(host) or self._by_source(host, repository)

    def withheld(self, host: str, repository: str) -> OutsideFailure | None:
        """Why no source has issued credentials for a repository; None if one has, or none serves the host."""
        failures = dict(self._issued.failures())
        keys = (_key(source, host, repository) for source in self._sources if source.serves(host))
        return next((failure for key in keys if (failure := failures.get(key))), None)

    def account(self, host: str, repository: str) -> str:
        """What the credentials for a repository are valid for: those with the same account share them."""
        if self._config.programs.get(host) or self._config.store or host in self._config.auths:
            return host
        return next((source.account(host, repository) for source in self._sources if source.serves(host)), host)

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
        return self._issued.get((Path(program).name, host), lambda: _run(program, host, self._environ))

    def _by_source(self, host: str, repository: str | None) -> BasicCredentials | None:
        for source in self._sources:
            if source.serves(host):
                try:
                    found = self._issued.get(_key(source, host, repository), partial(source.issue, host, repository))
                except NoneForOwner:
                    continue
                except OutsideFailure:
                    if source.needed(host):
                        raise
                    continue
                if found:
                    return found
        return None


def _key(source: CredentialSource, host: str, repository: str | None) -> Key:
    return host, type(source).__name__, source.account(host, repository)


def _run(program: str, host: str, environ: Mapping[str, str]) -> IssuedCredentials | None:
    answer = ask_program(program, server_address(host), environ)
    return IssuedCredentials(_credentials(*answer)) if answer else None


def _credentials(username: str, password: str, identity_token: str = "") -> BasicCredentials:
    if username == _TOKEN_USER and not identity_token:
        return BasicCredentials("", Secret(""), Secret(password))
    return BasicCredentials(username, Secret(password), Secret(identity_token) if identity_token else None)
