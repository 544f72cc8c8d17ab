"""A commit and push in a repository of many state files: ours against the git commands that a person types."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.marks import Mark
from bench.population import digest_of
from bench.rounds import Cost, RunFailed, in_turn, measured, speed, typical
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.edits import Change, replacing
from provider.git.addresses import GitAddress
from provider.git.environment import git_environment

COMMITS_A_ROUND = 10
_BRANCH = "main"
_GIT_SECONDS = 120.0
_OURS, _PEER = "ConfigRepository", "git add, commit, push"


def commit_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure in a repository with this number of files; calls `report` with each contestant before its turn.

    Raises:
        RunFailed: git failed, or a commit did not arrive.
    """
    report("seeding")
    for side in ("ours", "git"):
        _seed(folder / f"{side}.git", count)
    _git(folder, "clone", "-q", str(folder / "git.git"), str(folder / "git"))
    numbers = iter(range(10**9))
    with ConfigRepository.open(str(folder / "ours.git"), checkout=folder / "ours") as repository:
        repository.pull()
        contestants: dict[str, Callable[[], Cost]] = {
            _PEER: lambda: measured(lambda: _repeated(lambda: _commit_by_git(folder / "git", next(numbers)))),
            _OURS: lambda: measured(lambda: _repeated(lambda: _commit(repository, next(numbers)))),
        }
        costs = in_turn(contestants, rounds, report)
    _check(folder, 1 + rounds * COMMITS_A_ROUND)
    ratio = speed(typical(costs[_PEER]), typical(costs[_OURS]))
    return [Mark("a commit and its push", ratio, "x git's processes", 0.9)]


def _repeated(commit: Callable[[], None]) -> None:
    for _ in range(COMMITS_A_ROUND):
        commit()


def _commit(repository: ConfigRepository, number: int) -> None:
    if repository.commit([Change(_path(number), replacing(_text(f"moved {number}")))], f"Move {number}") is None:
        raise RunFailed("ConfigRepository saw no difference where there was one")


def _commit_by_git(checkout: Path, number: int) -> None:
    path = _path(number)
    (checkout / path).write_text(_text(f"moved {number}"))
    _git(checkout, "add", path)
    _git(checkout, "commit", "-q", "-m", f"Move {number}")
    _git(checkout, "push", "-q", "origin", _BRANCH)


def _check(folder: Path, commits: int) -> None:
    for side in ("ours", "git"):
        arrived = int(_git(folder / f"{side}.git", "rev-list", "--count", _BRANCH))
        if arrived != commits:
            raise RunFailed(f"{side}: {arrived} commits arrived at the remote, not {commits}")


def _seed(bare: Path, count: int) -> None:
    """Create a bare repository with one commit of this number of files."""
    bare.mkdir()
    _git(bare, "init", "-q", "--bare", "-b", _BRANCH)
    _git(bare, "fast-import", "--quiet", stdin=b"".join(_import_stream(count)))


def _import_stream(count: int) -> Iterator[bytes]:
    """The first commit, in the format of `git help fast-import`."""
    message = b"Begin"
    yield f"commit refs/heads/{_BRANCH}\ncommitter Bench <bench@localhost> 1767600000 +0000\n".encode()
    yield b"data %d\n%s\n" % (len(message), message)
    for number in range(count):
        text = _text(f"image {number}").encode()
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (_path(number).encode(), len(text), text)


def _path(number: int) -> str:
    return f"state/{'images' if number % 2 else 'base-images'}/image-{number:05}.yaml"


def _text(words: str) -> str:
    """About 1 kB of text, like a state file."""
    seen = "".join(f"  - digest: {digest_of(f'{words} {line}'.encode())}\n" for line in range(12))
    return f"# {words}\nobservations:\n{seen}"


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    # The same configuration for both sides: nothing of this machine, no hooks, no background processes.
    settings = git_environment(GitAddress.parse(str(folder)), None, os.environ)
    try:
        ended = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            input=stdin,
            env={**os.environ, **settings},
            capture_output=True,
            check=False,
            timeout=_GIT_SECONDS,
        )
    except subprocess.TimeoutExpired as late:
        raise RunFailed(f"git {arguments[0]} did not end within {_GIT_SECONDS:g} seconds") from late
    if ended.returncode != 0:
        raise RunFailed(f"git {arguments[0]} in {folder}: {ended.stderr.decode(errors='replace')[-2000:]}")
    return ended.stdout.decode(errors="replace")
