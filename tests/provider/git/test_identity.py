"""Tests of the identity of commits."""

from collections.abc import Callable
from pathlib import Path

import pytest

from provider.git.environment import git_environment
from provider.git.identity import CommitIdentity
from tests.provider.config_repo.repositories import LOCAL
from tests.provider.git.keys import make_key


def test_without_a_key_only_the_names_are_set() -> None:
    """Commits are not signed then, and there is no problem."""
    identity = CommitIdentity("Factory", "factory@example.com")
    before = git_environment(LOCAL, None, {})

    after = identity.applied(before)

    assert {name: value for name, value in after.items() if value != before.get(name)} == {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Factory"), ("EMAIL", "factory@example.com"))
    }
    assert identity.problem() is None


def public_half(file: Path) -> None:
    """The file has the public half of a key."""
    make_key(file.with_name("other")).with_name("other.pub").rename(file)
    file.chmod(0o400)


def test_a_usable_key_is_no_problem(tmp_path: Path) -> None:
    """The key stays in its file: only the path is in the environment."""
    key = make_key(tmp_path / "key")
    identity = CommitIdentity(signing_key=key)

    assert identity.problem() is None
    environment = identity.applied(git_environment(LOCAL, None, {}))
    assert str(key) in environment.values()
    assert not any("PRIVATE KEY" in value for value in environment.values())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda file: file, "there is no such file; mount the private key there"),
        (lambda file: file.mkdir(), "there is no such file"),
        (lambda file: file.write_text("no key\n") and file.chmod(0o400), "it is no private SSH key"),
        (lambda file: make_key(file, "passphrase"), "it has a passphrase; make a key without one: ssh-keygen"),
        (lambda file: make_key(file).chmod(0o644), "others can read it, so ssh-keygen refuses it; run chmod 0400"),
        (public_half, "it is no private SSH key"),
    ],
)
def test_what_cannot_sign_is_named(make: Callable[[Path], object], said: str, tmp_path: Path) -> None:
    """The message names the setting and the file, and says what to do."""
    make(tmp_path / "key")

    problem = CommitIdentity(signing_key=tmp_path / "key").problem()

    assert problem is not None
    assert problem.startswith(f"IMAGE_FACTORY_COMMIT_SIGNING_KEY: {tmp_path / 'key'}: {said}")
    assert "\n" not in problem


def test_without_ssh_keygen_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing needs the program too."""
    key = make_key(tmp_path / "key")
    monkeypatch.setenv("PATH", str(tmp_path))

    problem = CommitIdentity(signing_key=key).problem()

    assert problem is not None
    assert problem.endswith("install openssh-client")
