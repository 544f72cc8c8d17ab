"""Answers of real git repositories, recorded, so that a server of their own can give them many times.

`git http-backend` starts several processes for each request: then it would be what is measured.
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
"""Real ones; the others are served what one of these answers."""

_ADVERTISEMENT, _REFS, _TAGS = "advertisement", "refs", "tags.json"
_RELEASES = 30


@dataclass(frozen=True, slots=True)
class Recording:
    """What one repository answered, and its tags with their commits as git itself tells them."""

    advertisement: bytes
    refs: bytes
    tags: dict[str, str]


def paths(count: int) -> Iterator[str]:
    """The paths of that many repositories."""
    return (f"team-{number // 50:03}/app-{number:05}.git" for number in range(count))


def number_of(path: str) -> int:
    """Which recording the repository at a path has."""
    return int(path.rpartition("-")[2].removesuffix(".git")) % REPOSITORIES


def record(folder: Path) -> None:
    """Make the repositories, each with 30 releases, half of them annotated, and keep what they answer.

    Raises:
        RunFailed: git does not answer by protocol v2.
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
    """What `record` has kept."""
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
