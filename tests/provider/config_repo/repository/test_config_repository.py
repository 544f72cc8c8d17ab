"""Tests of the config repository: reading, following and committing."""

import contextlib
import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.edits import Change, Commit
from provider.config_repo.repository.writing import write_whole
from provider.errors import CheckoutUnwritable, RepositoryBroken
from proxy.errors import OutcomeUnknown, Refused
from proxy.secrets.secret import Secret
from tests.peers.git_server import GitServer
from tests.provider.config_repo.conftest import Opens
from tests.provider.config_repo.repositories import PROTECTING, Remote, appending, change, git_in, put, status

STATE = "state/images/portal.yaml"


@contextlib.contextmanager
def impatient(repository: ConfigRepository, seconds: float) -> Iterator[None]:
    """Limit the time of one git command that uses the network."""
    branch = repository._branches.state
    patient = branch.git
    branch.git = replace(patient, network_seconds=seconds)
    yield
    branch.git = patient


def test_a_batch_is_one_pushed_commit(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """Added, changed and removed files arrive together, by our author, with the message; the checkout has them too."""
    repository = opens(str(remote.folder))

    made = repository.commit([put("new/x.yaml", "x\n"), put("images.yaml", None)], "Enroll x\n\n- asked for\n")

    assert made == Commit(remote.head(), ("images.yaml", "new/x.yaml"))
    assert remote.paths() == {"new/x.yaml", STATE}
    assert remote.git("log", "-1", "--format=%an %ae %cn%n%B") == (
        "Image Factory image-factory@localhost Image Factory\nEnroll x\n\n- asked for\n\n"
    )
    assert (tmp_path / "config/new/x.yaml").read_text() == "x\n"
    assert status(tmp_path / "config") == ""


def test_a_batch_without_differences_makes_no_commit(opens: Opens, remote: Remote) -> None:
    """An edit that returns the same text makes no commit."""
    repository, before = opens(str(remote.folder)), remote.head()

    assert repository.commit([put(STATE, "a: 1\n"), put("state/images/none.yaml", None)], "x") is None
    assert repository.commit([change("images.yaml", lambda text: text)], "x") is None
    assert repository.commit([], "x") is None
    assert remote.head() == before


def test_an_edit_that_raises_writes_nothing(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """The caller gets its own error, and neither remote nor checkout changes."""
    repository, before = opens(str(remote.folder)), remote.head()

    def refuse(_: str | None) -> str | None:
        raise LookupError("portal is taken")

    with pytest.raises(LookupError, match="portal is taken"):
        repository.commit([put("images.yaml", "x"), Change("policy.yaml", refuse)], "x")
    assert remote.head() == before
    assert status(tmp_path / "config") == ""


def test_files_are_read_from_one_commit(opens: Opens, remote: Remote) -> None:
    """Texts, lists and positions come from the newest commit known here, not from the work tree."""
    repository = opens(str(remote.folder))
    first = repository.head()
    remote.push({"images.yaml": "[]\n", "policy.yaml": "[]\n"})

    assert repository.read("images.yaml") == "- name: portal\n"
    assert repository.read("policy.yaml") is None
    assert repository.pull()
    assert repository.texts(["images.yaml", "none.yaml", STATE]) == {"images.yaml": "[]\n", STATE: "a: 1\n"}
    assert repository.head() != first
    assert set(repository.files()) == {"images.yaml", "policy.yaml", STATE}
    assert not repository.pull()


def test_edits_in_the_checkout_are_not_committed(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """The service never commits changes that a person has left in the work tree or the index."""
    repository = opens(str(remote.folder))
    (tmp_path / "config/images.yaml").write_text("edited\n")
    (tmp_path / "config/staged.yaml").write_text("staged\n")
    git_in(tmp_path / "config").run("add", "staged.yaml", doing="stage")

    assert repository.commit([change(STATE, appending("b: 2"))], "x") is not None

    assert remote.read(STATE) == "a: 1\nb: 2\n"
    assert remote.read("images.yaml") == "- name: portal\n"
    assert "staged.yaml" not in remote.paths()


def test_a_commit_made_by_hand_in_the_checkout_is_pushed(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """Unpushed commits are pushed on top of the newer commits, and nothing is lost."""
    repository = opens(str(remote.folder))
    (tmp_path / "config/policy.yaml").write_text("[]\n")
    git_in(tmp_path / "config").run("add", "policy.yaml", doing="add")
    git_in(tmp_path / "config").run("commit", "-q", "-m", "By hand", doing="commit")
    remote.push({"images.yaml": "[]\n"}, "Meanwhile")

    assert repository.pull()
    assert remote.log()[:2] == ["By hand", "Meanwhile"]
    assert repository.head() == remote.head()


def test_a_protected_branch_is_refused_with_the_servers_message(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """The commit is undone here, the message has the answer of the server, and later commits work."""
    repository, before = opens(str(remote.folder)), remote.head()
    remote.hook("update", PROTECTING)

    with pytest.raises(Refused, match=r"GH006: Protected branch update failed.*IMAGE_FACTORY_STATE_BRANCH"):
        repository.commit([put(STATE, "b: 1\n")], "x")
    assert repository.read(STATE) == "a: 1\n"
    assert status(tmp_path / "config") == ""
    assert repository.head() == before

    remote.hook("update", "exit 0")
    assert repository.commit([put(STATE, "b: 1\n")], "x") is not None


def test_a_rewritten_history_needs_a_person(opens: Opens, remote: Remote) -> None:
    """Neither side is overwritten, and the message says what to do."""
    repository, before = opens(str(remote.folder)), remote.head()
    orphan = remote.git("commit-tree", "-m", "Rewritten", "main^{tree}").strip()
    remote.git("update-ref", "refs/heads/main", orphan)

    with pytest.raises(RepositoryBroken, match=r"history of main was rewritten.*move .*config away"):
        repository.pull()
    with pytest.raises(RepositoryBroken, match="rewritten"):
        repository.commit([put(STATE, "b: 1\n")], "x")
    assert repository.head() == before
    assert remote.head() == orphan


def test_a_branch_that_is_gone_needs_a_person(opens: Opens, remote: Remote) -> None:
    """The error says that the branch was deleted, and is not a transient one."""
    repository = opens(str(remote.folder))
    remote.git("update-ref", "-d", "refs/heads/main")

    with pytest.raises(RepositoryBroken, match="couldn't find remote ref"):
        repository.pull()


def test_a_remote_that_cannot_be_reached_undoes_the_commit(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """The caller gets an error, nothing stays here, and the next commit works."""
    repository = opens(str(remote.folder))
    remote.hook("pre-receive", "exec sleep 300")

    with impatient(repository, 2), pytest.raises(OutcomeUnknown) as failure:
        repository.commit([put(STATE, "b: 1\n")], "x")
    assert failure.value.transient
    assert repository.read(STATE) == "a: 1\n"
    assert status(tmp_path / "config") == ""

    remote.hook("pre-receive", "exit 0")
    assert repository.commit([put(STATE, "c: 1\n")], "x") is not None
    assert remote.read(STATE) == "c: 1\n"


def test_a_push_whose_answer_was_lost_is_found_by_pulling(opens: Opens, remote: Remote) -> None:
    """The outcome is reported as unknown; the next pull shows it, and no edit is applied twice."""
    repository, before = opens(str(remote.folder)), remote.head()
    remote.hook("post-receive", "exec sleep 300")

    # On a busy machine a push may not arrive within two seconds.
    for seconds in (2, 10, 60):
        with impatient(repository, seconds), pytest.raises(OutcomeUnknown):
            repository.commit([change(STATE, appending("b: 2"))], "x")
        if remote.head() != before:
            break
    remote.hook("post-receive", "exit 0")

    assert repository.pull()
    assert repository.read(STATE) == "a: 1\nb: 2\n"


def test_a_full_disk_restores_everything(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """When the second of two files cannot be written, the first is restored too; later the batch works."""
    full = True

    def write(path: Path, content: bytes) -> None:
        if full and path.name == "b.yaml":
            raise OSError(errno.ENOSPC, "No space left on device")
        write_whole(path, content)

    repository, before = opens(str(remote.folder), write=write), remote.head()
    batch = [put(STATE, "b: 1\n"), put("state/images/b.yaml", "b\n")]

    with pytest.raises(CheckoutUnwritable, match=r"b\.yaml could not be written: No space left on device"):
        repository.commit(batch, "x")
    assert remote.head() == before
    assert status(tmp_path / "config") == ""

    full = False
    assert repository.commit(batch, "x") is not None


def test_a_path_that_leaves_the_repository_is_refused(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """Nothing is written outside the checkout."""
    repository = opens(str(remote.folder))

    with pytest.raises(ValueError, match="not a path inside"):
        repository.commit([put("../outside", "x")], "x")
    assert not (tmp_path / "outside").exists()


def test_a_link_in_the_repository_is_not_followed(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """No file is written outside the checkout through a linked folder that was pushed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    clone = remote.folder.with_name("remote.git-clone")
    (clone / "state/base-images").symlink_to(outside)
    remote.push({"x": "1"})
    repository = opens(str(remote.folder))

    with pytest.raises(CheckoutUnwritable):
        repository.commit([put("state/base-images/node.yaml", "x")], "x")
    assert list(outside.iterdir()) == []


def test_attributes_of_the_repository_cause_no_endless_commits(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """The content is stored as it is, whatever git's rules for line ends are, and then there is no difference."""
    remote.push({".gitattributes": "* text=auto\n"})
    repository = opens(str(remote.folder))

    assert repository.commit([put(STATE, "a: 1\r\n")], "x") is not None
    assert repository.commit([put(STATE, "a: 1\r\n")], "x") is None
    assert repository.read(STATE) == "a: 1\r\n"
    assert status(tmp_path / "config") == ""


@pytest.mark.parametrize("rule", ["**/z.yaml working-tree-encoding=UTF-16LE", "* text eol=crlf", "* filter=lfs -text"])
def test_attributes_of_the_repository_end_no_commits(opens: Opens, remote: Remote, tmp_path: Path, rule: str) -> None:
    """Commits go on, also after a restart."""
    remote.push({".gitattributes": f"{rule}\n"})
    for number in range(2):
        repository = opens(str(remote.folder))
        repository.pull()
        text = f"a: {number}\n"
        assert repository.commit([put(STATE, text), put("state/images/z.yaml", text)], "x") is not None
        assert repository.texts([STATE, "state/images/z.yaml"]) == {STATE: text, "state/images/z.yaml": text}
        assert repository.commit([put(STATE, text)], "x") is None
        repository.close()

    assert remote.read("state/images/z.yaml") == "a: 1\n"


def test_state_can_have_a_separate_branch(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """State is committed to its branch and configuration to the other; each path is read from its branch."""
    remote.hook("update", PROTECTING)
    repository = opens(str(remote.folder), state_branch="image-factory-state")

    assert repository.commit([change(STATE, appending("b: 2"))], "State") is not None
    remote.hook("update", "exit 0")
    assert repository.commit([put("images.yaml", "[]\n")], "Config") is not None

    assert remote.log("main")[0] == "Config"
    assert remote.log("image-factory-state")[0] == "State"
    assert remote.read(STATE, "main") == "a: 1\n"
    assert repository.texts([STATE, "images.yaml"]) == {STATE: "a: 1\nb: 2\n", "images.yaml": "[]\n"}
    assert set(repository.files()) == {STATE, "images.yaml"}
    with pytest.raises(ValueError, match="make two"):
        repository.commit([put("images.yaml", "x"), put(STATE, "x")], "x")
    repository.close()

    again = opens(str(remote.folder), state_branch="image-factory-state")
    assert (again.read(STATE), again.pull()) == ("a: 1\nb: 2\n", False)
    assert (tmp_path / "config-state" / STATE).read_text() == "a: 1\nb: 2\n"


def test_each_branch_is_compared_for_its_files(opens: Opens, remote: Remote) -> None:
    """A state file in the branch of the configuration, and an enrollment in that of state, do not count."""
    repository = opens(str(remote.folder), state_branch="state")
    before = repository.head()
    remote.push({STATE: "c: 3\n", "images.yaml": "- ours\n"}, branch="state")
    remote.push({STATE: "d: 4\n", "policy.yaml": "rules: []\n"})
    repository.pull()
    files = repository.files()

    changed = {STATE: files[STATE], "policy.yaml": files["policy.yaml"]}
    assert repository.changed(before, repository.head()) == changed
    assert dict(repository.contents(files)) == repository.texts(list(files))
    assert set(repository.files(before)) == {STATE, "images.yaml"}


def test_a_pull_follows_both_branches(opens: Opens, remote: Remote) -> None:
    """A push to either branch moves the position."""
    repository = opens(str(remote.folder), state_branch="state")
    remote.push({STATE: "c: 3\n"}, branch="state")

    assert repository.pull()
    assert repository.read(STATE) == "c: 3\n"
    assert not repository.pull()


def test_a_wrong_token_is_refused(opens: Opens, server: GitServer) -> None:
    """No or a wrong token cannot open, one for reading cannot push; no message has the token."""
    url = server.create("acme/config", {"images.yaml": "[]\n"})
    for token in (None, Secret("ghs_wrongtoken")):
        with pytest.raises(Refused, match="token") as refusal:
            opens(url, token=token)
        assert "ghs_wrongtoken" not in str(refusal.value)

    repository = opens(url, token=Secret(server.read_token))
    with pytest.raises(Refused, match=r"403|Permission") as refusal:
        repository.commit([put("images.yaml", "x\n")], "x")
    assert server.read_token not in str(refusal.value)


def test_a_protected_branch_over_http_is_refused(opens: Opens, server: GitServer) -> None:
    """The message has the answer of the server also over HTTP."""
    url = server.create("acme/config", {"images.yaml": "[]\n"})
    server.repositories.protect("acme/config", "main")
    repository = opens(url, token=Secret(server.write_token))

    with pytest.raises(Refused, match="GH006"):
        repository.commit([put("images.yaml", "x\n")], "x")


def test_a_push_that_the_server_fails_on_has_an_unknown_outcome(opens: Opens, server: GitServer) -> None:
    """After a 502 on the push nothing stays here, and the next try works."""
    repository = opens(server.create("acme/config", {"images.yaml": "[]\n"}), token=Secret(server.write_token))
    server.fail("POST", "git-receive-pack", 502)

    with pytest.raises(OutcomeUnknown):
        repository.commit([put("images.yaml", "x\n")], "x")
    assert repository.commit([put("images.yaml", "x\n")], "x") is not None
    assert server.repositories.read("acme/config", "images.yaml") == "x\n"


@pytest.mark.parametrize("state_branch", [None, "state"])
def test_the_last_commit_of_the_configuration_is_not_one_of_state(
    opens: Opens, remote: Remote, state_branch: str | None
) -> None:
    """Beside a person's commit people look for its result; the service's own commits of state follow it."""
    pushed = remote.push({"images.yaml": "- name: other\n"})
    repository = opens(str(remote.folder), state_branch=state_branch)
    repository.pull()
    for number in range(3):
        repository.commit([put(STATE, f"a: {number + 2}\n")], "Record a digest\n")

    assert repository.last_config_commit(repository.head()) == pushed

    removed = remote.push({"images.yaml": None, "policy.yaml": "own: []\n"})
    repository.pull()

    assert repository.last_config_commit(repository.head()) == removed
