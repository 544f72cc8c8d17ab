"""Credentials by registry host, from docker's `config.json`, its credential helpers, and sources that issue them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from proxy.errors import OutsideFailure, Refused
from proxy.secrets.auth_file import AuthFile
from proxy.secrets.credential_problems import absent_programs, empty_entries, failures
from proxy.secrets.credential_programs import ask_program, find_program, program_name
from proxy.secrets.credential_sources import CredentialSource, IssuedCredentials, NoneForOwner
from proxy.secrets.credentials import BasicCredentials, CredentialProblem
from proxy.secrets.docker_config import DockerConfig, Login, server_address
from proxy.secrets.issued_cache import IssuedCache, Key
from proxy.secrets.known_secrets import KnownSecrets
from proxy.secrets.secret import Secret

_TOKEN_USER = "<token>"  # noqa: S105 - docker's marker for "the secret is an identity token", no secret


class RegistryCredentials:
    """Credentials by registry host, from a docker `config.json`, its credential helpers, and sources that issue them.

    Safe to use from many threads.

    Args:
        config: the content of the file.
        environ: the environment of the helpers.
        sources: asked in this order for a host of which the file has nothing.
        now: the time, in UTC.
        file: where the content comes from, to read it again when it changes.
    """

    def __init__(
        self,
        config: DockerConfig,
        environ: Mapping[str, str],
        sources: Sequence[CredentialSource] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        file: AuthFile | None = None,
    ) -> None:
        self._config = config
        self._environ = dict(environ)
        self._sources = tuple(sources)
        self._issued = IssuedCache(now)
        self._file = file
        self._known = KnownSecrets()
        self._rejected: dict[str, tuple[DockerConfig, CredentialProblem]] = {}

    @staticmethod
    def load(
        path: Path | None,
        environ: Mapping[str, str],
        sources: Sequence[CredentialSource] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        setting: str | None = None,
    ) -> "RegistryCredentials":
        """Read the file, and read it again whenever it changes.

        A file that does not exist means no credentials; if a setting names it, it is a problem too.

        Args:
            path: of the file.
            environ: the environment of the helpers.
            sources: asked for a host of which the file has nothing.
            now: the time, in UTC.
            setting: the name of the setting that names the file; None: it is the default.

        Raises:
            InvalidSetting: the file cannot be read or is not a docker configuration.
        """
        file = AuthFile(path, setting, now)
        return RegistryCredentials(file.current(), environ, sources, now, file)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts in the file, without globs; they may be at private addresses."""
        return self._current().hosts

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The secrets in the file, those that were issued, and the last ones before them; all are to be hidden.

        The same tuple as long as nothing has changed.
        """
        return self._known.all(self._current(), self._issued.credentials())

    def problems(self) -> list[CredentialProblem]:
        """What is named and cannot be used: files, entries, programs, sources that failed last, refused credentials."""
        config = self._current()
        return [
            *(self._file.problems() if self._file else []),
            *absent_programs(config, self._environ),
            *failures(self._issued.failures()),
            *config.problems,
            *empty_entries(config),
            *(problem for of, problem in self._rejected.copy().values() if of is config),
        ]

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
        config = self._current()
        return (
            self._by_program(config, host, repository)
            or _in_file(config, host, repository)
            or self._by_source(host, repository)
        )

    def after_refusal(
        self, host: str, repository: str | None, refused: BasicCredentials | None
    ) -> BasicCredentials | None:
        """Other credentials than those that a registry has just refused: the file may have changed since.

        Issued credentials are issued again, unless that was less than `FAILURE_WAIT` ago.

        Returns:
            None if there are no others.

        Raises:
            OutsideFailure: the credential helper or the source for this host failed.
        """
        if self._file:
            self._file.current(at_once=True)
        if refused:
            self._issued.discard(refused)
        found = self.for_registry(host, repository)
        return None if found == refused else found

    def is_optional(self, host: str, repository: str, credentials: BasicCredentials) -> bool:
        """Whether a source issued these, for a host that answers some requests without credentials too."""
        sources = (source for source in self._sources if source.serves(host) and not source.needed(host))
        return any(self._issued.kept(_key(source, host, repository)) == credentials for source in sources)

    def with_access_token(self, host: str, repository: str) -> BasicCredentials | None:
        """The credentials in the file, if they are an access token that is sent as it is."""
        found = _in_file(self._current(), host, repository)
        return found if found and found.registry_token else None

    def withheld(self, host: str, repository: str) -> OutsideFailure | None:
        """Why there are no credentials for a repository: its helper is missing, or its source issued none.

        None if there are some, or nothing is named for the host.
        """
        config = self._current()
        name = config.program(host, repository)
        if name and find_program(name, self._environ) is None and not config.login(host, repository):
            return Refused(f"{program_name(name)}, which {config.place} names, is not in PATH")
        failures = dict(self._issued.failures())
        keys = (_key(source, host, repository) for source in self._sources if source.serves(host))
        return next((failure for key in keys if (failure := failures.get(key))), None)

    def account(self, host: str, repository: str) -> str:
        """What the credentials for a repository are valid for: those with the same account share them."""
        config = self._current()
        name = config.program(host, repository)
        if name and self._issued.kept((program_name(name), host)):
            return host
        if found := config.login(host, repository):
            return found[0]
        return next((source.account(host, repository) for source in self._sources if source.serves(host)), host)

    def rejected(self, host: str, message: str, remedy: str) -> None:
        """Note a problem with the credentials for a registry, until they are accepted or the file changes."""
        self._rejected[host] = self._current(), CredentialProblem(host, message, remedy)

    def accepted(self, host: str) -> None:
        """Note that the credentials for a registry were accepted."""
        self._rejected.pop(host, None)

    def _current(self) -> DockerConfig:
        return self._file.current() if self._file else self._config

    def _by_program(self, config: DockerConfig, host: str, repository: str | None) -> BasicCredentials | None:
        name = config.program(host, repository)
        program = find_program(name, self._environ) if name else None
        if program is None:
            return None
        return self._issued.get((Path(program).name, host), partial(_run, program, host, self._environ))

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


def _in_file(config: DockerConfig, host: str, repository: str | None) -> BasicCredentials | None:
    found = config.login(host, repository)
    return _credentials(found[1]) if found else None


def _run(program: str, host: str, environ: Mapping[str, str]) -> IssuedCredentials | None:
    answer = ask_program(program, server_address(host), environ)
    return IssuedCredentials(_credentials(Login(*answer))) if answer else None


def _credentials(login: Login) -> BasicCredentials:
    if login.username == _TOKEN_USER and not login.identity_token:
        return BasicCredentials("", Secret(""), Secret(login.password))
    tokens = [Secret(text) if text else None for text in (login.identity_token, login.registry_token)]
    return BasicCredentials(login.username, Secret(login.password), *tokens)
