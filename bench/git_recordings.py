"""Records the answers of real git repositories, so that the bench's server can send them many times.

`git http-backend` starts several processes for each request, so the benchmark would measure it instead of the clients.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from bench.rounds import RunFailed
from provider.tracker.sources.git_refs import request_for_tags
from tests.peers.exchange import Request
from tests.peers.git_backend import GitBackend
from tests.peers.git_repositories import GitRepositories
from tests.peers.process import require

REPOSITORIES = 10
"""The number of real repositories; the others have the recorded answers of one of these."""

_ADVERTISEMENT, _REFS, _TAGS = "advertisement", "refs", "tags.json"
_RELEASES = 30


@dataclass(frozen=True, slots=True)
class Recording:
    """The answers of one repository, and its tags with their commits, read with git."""

    advertisement: bytes
    refs: bytes
    tags: dict[str, str]


def paths(count: int) -> Iterator[str]:
    """The paths of this number of repositories."""
    return (f"team-{number // 50:03}/app-{number:05}.git" for number in range(count))


def number_of(path: str) -> int:
    """The number of the recording for the repository at a path."""
    return int(path.rpartition("-")[2].removesuffix(".git")) % REPOSITORIES


def record(folder: Path) -> None:
    """Create the repositories, each with 30 releases, half of them annotated, and store their answers.

    Raises:
        RunFailed: git does not answer with protocol v2.
    """
    repositories = GitRepositories(folder / "git")
    backend = GitBackend(require("git", "git"), repositories.environment(), repositories.root)
    for number in range(REPOSITORIES):
        name = f"real/app-{number}"
        _make(repositories, name, number)
        kept = folder / str(number)
        kept.mkdir()
        asked = Request("GET", "/info/refs?service=git-upload-pack", _headers())
        kept.joinpath(_ADVERTISEMENT).write_bytes(_answer(backend, asked, f"/{name}.git/info/refs"))
        asked = Request("POST", "/git-upload-pack", _headers(), request_for_tags())
        kept.joinpath(_REFS).write_bytes(_answer(backend, asked, f"/{name}.git/git-upload-pack"))
        kept.joinpath(_TAGS).write_text(json.dumps(_tags(repositories, name)))


def recordings(folder: Path) -> list[Recording]:
    """The recordings that `record` stored."""
    return [
        Recording(
            (folder / str(number) / _ADVERTISEMENT).read_bytes(),
            (folder / str(number) / _REFS).read_bytes(),
            json.loads((folder / str(number) / _TAGS).read_text()),
        )
        for number in range(REPOSITORIES)
    ]


def _make(repositories: GitRepositories, name: str, number: int) -> None:
    repositories.create(name, {"README.md": f"# {number}\n"}, (), "main")
    for release in range(_RELEASES):
        commit = repositories.commit(name, {"version": f"{number}.{release}"})
        annotation = ("-a", "-m", f"Release {release}") if release % 2 else ()
        who = ("-c", "user.name=Bench", "-c", "user.email=bench@example.com")
        repositories.run(name, *who, "tag", *annotation, f"v{number}.{release}.0", commit)


def _tags(repositories: GitRepositories, name: str) -> dict[str, str]:
    listed = repositories.run(name, "tag", "--list").split()
    return {tag: repositories.run(name, "rev-parse", f"{tag}^{{}}") for tag in listed}


def _headers() -> "Message[str, str]":
    headers: Message[str, str] = Message()
    headers["Git-Protocol"] = "version=2"
    headers["Content-Type"] = "application/x-git-upload-pack-request"
    return headers


def _answer(backend: GitBackend, asked: Request, path: str) -> bytes:
    answer = backend.answer(asked, path)
    if answer.status != 200 or not answer.body:
        raise RunFailed(f"git http-backend answered {answer.status} to {asked.method} {path}")
    return answer.body
