"""Tests of signed commits, which the real `git verify-commit` checks."""

import subprocess
from pathlib import Path

import pytest

from provider.config_repo.repository.series import Rewrite
from provider.errors import RepositoryBroken
from provider.git.identity import CommitIdentity
from tests.provider.config_repo.conftest import Opens
from tests.provider.config_repo.repositories import Remote, put
from tests.provider.git.keys import EMAIL, allowed_signers, make_key


@pytest.fixture
def identity(tmp_path: Path) -> CommitIdentity:
    """An identity with a real key."""
    return CommitIdentity("Factory", EMAIL, make_key(tmp_path / "key"))


def verified(remote: Remote, identity: CommitIdentity, *commits: str) -> bool:
    """Whether each commit has a signature of the key."""
    assert identity.signing_key
    trusted = f"gpg.ssh.allowedSignersFile={allowed_signers(identity.signing_key)}"
    try:
        remote.git("-c", trusted, "verify-commit", *commits)
    except subprocess.CalledProcessError:
        return False
    return True


def test_every_kind_of_commit_is_signed(remote: Remote, opens: Opens, identity: CommitIdentity) -> None:
    """State, enrollments (several with one push) and proposals; contents, order and messages are as without a key."""
    repository = opens(str(remote.folder), identity=identity)
    person = remote.head()

    state = repository.commit([put("state/images/portal.yaml", "a: 2\n")], "Note a digest\n\n- portal: new\n")
    rewrites = [Rewrite({f"images.d/{name}.yaml": f"- name: {name}\n"}, f"Enroll {name} ä\n") for name in ("a", "b")]
    series = repository.commit_series(lambda: rewrites)
    proposed = repository.propose(Rewrite({"images.yaml": None}, "Remove all\n"), "review")

    assert state
    assert verified(remote, identity, state.sha, *series, proposed)
    assert not verified(remote, identity, person)
    assert remote.log()[:3] == ["Enroll b ä", "Enroll a ä", "Note a digest"]
    assert remote.read("images.d/a.yaml") == "- name: a\n"
    assert "images.yaml" not in remote.paths("review")
    authors = remote.git("log", "-3", "--format=%an <%ae> %cn <%ce>").splitlines()
    assert set(authors) == {f"Factory <{EMAIL}> Factory <{EMAIL}>"}


def test_the_first_commit_of_an_empty_repository_is_signed(
    tmp_path: Path, opens: Opens, identity: CommitIdentity
) -> None:
    """And so is state on a branch of its own."""
    remote = Remote.make(tmp_path / "empty.git", {})
    repository = opens(str(remote.folder), identity=identity, state_branch="state")
    repository.commit([put("state/images/portal.yaml", "a: 1\n")], "Note a digest\n")

    assert verified(remote, identity, "main", "state")


def test_a_lost_race_is_signed_again(remote: Remote, opens: Opens, identity: CommitIdentity) -> None:
    """The commit on top of what another writer pushed has a signature of its own."""
    repository = opens(str(remote.folder), identity=identity, sleep=lambda _: None)
    remote.push({"other.txt": "1\n"})

    made = repository.commit([put("state/images/portal.yaml", "a: 3\n")], "Note a digest\n")

    assert made
    assert remote.head() == made.sha
    assert verified(remote, identity, made.sha)


def test_an_unusable_key_opens_no_repository(remote: Remote, opens: Opens, tmp_path: Path) -> None:
    """Nothing is written without a signature."""
    identity = CommitIdentity(signing_key=tmp_path / "none")

    with pytest.raises(RepositoryBroken, match=r"IMAGE_FACTORY_COMMIT_SIGNING_KEY: .*none: there is no such file"):
        opens(str(remote.folder), identity=identity)


def test_a_key_that_disappears_stops_commits(remote: Remote, opens: Opens, identity: CommitIdentity) -> None:
    """The message names the setting; with the key again, the next commit is made."""
    repository = opens(str(remote.folder), identity=identity)
    assert identity.signing_key
    key = identity.signing_key.read_bytes()
    before = remote.head()
    identity.signing_key.unlink()
    identity.signing_key.with_name("key.pub").unlink()

    with pytest.raises(RepositoryBroken, match=r"sign a commit .* IMAGE_FACTORY_COMMIT_SIGNING_KEY"):
        repository.commit([put("state/images/portal.yaml", "a: 2\n")], "Note a digest\n")
    assert remote.head() == before

    identity.signing_key.touch(0o600)
    identity.signing_key.write_bytes(key)
    assert repository.commit([put("state/images/portal.yaml", "a: 2\n")], "Note a digest\n")
