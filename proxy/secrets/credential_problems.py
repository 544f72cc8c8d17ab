"""What is named in docker's configuration and cannot be used, with what to do. Reads PATH, nothing else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from proxy.errors import OutsideFailure
from proxy.secrets.credential_programs import PREFIX, find_program, program_name
from proxy.secrets.credential_sources import NoneForOwner
from proxy.secrets.credentials import CredentialProblem
from proxy.secrets.docker_config import DockerConfig, server_address


def absent_programs(config: DockerConfig, environ: Mapping[str, str]) -> Iterator[CredentialProblem]:
    """Helpers and stores that are named and not installed."""
    named = [(f"credHelpers: {server_address(key)}", name) for key, name in config.programs.items()]
    if config.store:
        named.append(("credsStore", config.store))
    for key, name in named:
        if find_program(name, environ) is None:
            yield CredentialProblem(
                program_name(name),
                f"{config.place}: {key} names it, and it is not in PATH",
                f"Install {program_name(name)} where the service runs, or remove the line.",
            )


def empty_entries(config: DockerConfig) -> Iterator[CredentialProblem]:
    """Entries without credentials that no helper or store fills."""
    for key, login in config.auths.items():
        if login.is_empty and not config.store and key not in config.programs:
            server = server_address(key)
            yield CredentialProblem(
                f"{config.place}: auths: {server}",
                "this entry has no credentials",
                f"Run docker login {server} without a credential store, or remove the entry.",
            )


def failures(failed: Iterable[tuple[Sequence[str], OutsideFailure]]) -> Iterator[CredentialProblem]:
    """Helpers and sources that failed last; that one owner gives no credentials is not a problem.

    Args:
        failed: the key of each in the cache of issued credentials, and its error.
    """
    for (where, *_), error in failed:
        if not isinstance(error, NoneForOwner):
            again = "It is asked again by itself."
            manually = f"Run {where} get where the service runs, as its user. " if where.startswith(PREFIX) else ""
            yield CredentialProblem(where, str(error), f"{manually}{again}")
