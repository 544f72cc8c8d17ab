"""Changes of entries by callers, in git."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from provider.config_repo.entry_commits.git_enrollment_files import GitEnrollmentFiles
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.domain.enrolling.change import EntryEdit, WrittenEntries
from provider.domain.enrollment import Enrollment
from provider.errors import CheckoutInUse, EntryRefused, NameTaken
from proxy.errors import Refused
from tests.provider.config_repo.entries import enrollment
from tests.provider.config_repo.repositories import PROTECTING, Remote, status

TEXT = "# ours\n- name: app  # the app\n  registry: ghcr.io\n  repository: acme/app\n"
WEB = "config-web"


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time, in seconds."""
        return self.now


@pytest.fixture(name="clock")
def made_clock() -> Clock:
    """At 0."""
    return Clock()


@pytest.fixture(name="remote")
def made_remote(tmp_path: Path) -> Remote:
    """A config repository with one entry, and a team's file."""
    return Remote.make(tmp_path / "remote.git", {"images.yaml": TEXT, "images.d/a.yaml": "", "policy.yaml": ""})


@pytest.fixture(name="files")
def made_files(tmp_path: Path, remote: Remote, clock: Clock) -> GitEnrollmentFiles:
    """The files of that repository."""
    return GitEnrollmentFiles(opening(tmp_path, remote), monotonic=clock)


def opening(folder: Path, remote: Remote) -> Callable[[], ConfigRepository]:
    """Opens the checkout of the web part."""
    return partial(ConfigRepository.open, str(remote.folder), checkout=folder / WEB, lock_seconds=0.0)


def to(name: str | None, entry: Enrollment | None, file: str = "images.yaml") -> Callable[[WrittenEntries], EntryEdit]:
    """A decision for this edit."""
    return lambda _: EntryEdit(file, name, replace(entry, file=file) if entry else None)


def test_a_new_entry_is_a_commit_that_names_the_caller(files: GitEnrollmentFiles, remote: Remote) -> None:
    """The text above it stays, and the result has the id of the commit and the diff."""
    made = files.commit(to(None, enrollment("new")), "user:default/jane")

    assert remote.read("images.yaml") == f"{TEXT}- name: new\n  registry: ghcr.io\n  repository: acme/new\n"
    assert made.commit == remote.head()
    assert made.diff == (
        "--- a/images.yaml\n+++ b/images.yaml\n@@ -2,3 +2,6 @@\n - name: app  # the app\n   registry: ghcr.io\n"
        "   repository: acme/app\n+- name: new\n+  registry: ghcr.io\n+  repository: acme/new\n"
    )
    assert remote.git("log", "-1", "--format=%B").strip() == (
        "Enroll new\n\n- ghcr.io/acme/new:latest, in images.yaml\n\nRequested-by: user:default/jane"
    )
    assert remote.git("log", "-1", "--format=%(trailers:key=Requested-by,valueonly)").strip() == "user:default/jane"


def test_change_rename_and_removal_say_what_they_did(files: GitEnrollmentFiles, remote: Remote) -> None:
    """One commit each; comments stay."""
    files.commit(to("app", enrollment("app", title="App", rebuildDelay="1d")), "a")
    files.commit(to("app", replace(enrollment("app", title="App", rebuildDelay="1d"), name="portal")), "b")
    assert "- name: portal # the app\n" in remote.read("images.yaml")
    files.commit(to("portal", None), "c")

    assert remote.read("images.yaml") == "# ours\n"
    assert [remote.git("log", "-1", "--format=%s%n%b", f"HEAD~{n}").split("\n")[:2] for n in (2, 1, 0)] == [
        ["Change the enrollment of app", "- rebuildDelay, title in images.yaml"],
        ["Rename the enrollment of app to portal", "- name in images.yaml"],
        ["Remove the enrollment of portal", "- ghcr.io/acme/app:latest is no longer in images.yaml"],
    ]


def test_a_change_without_difference_commits_nothing(files: GitEnrollmentFiles, remote: Remote) -> None:
    """Its result has no commit."""
    before = remote.head()
    made = files.commit(to("app", enrollment("app")), "a")

    assert (made.commit, made.diff, remote.head()) == (None, "", before)


def test_a_plan_commits_nothing_and_remembers_the_files_for_a_moment(
    files: GitEnrollmentFiles, remote: Remote, clock: Clock, tmp_path: Path
) -> None:
    """After five seconds the files are read again."""
    before = remote.head()
    seen: list[frozenset[str]] = []

    def decide(written: WrittenEntries) -> EntryEdit:
        seen.append(frozenset(written.in_force))
        return EntryEdit("images.d/b.yaml", None, replace(enrollment("new"), file="images.d/b.yaml"))

    planned = files.plan(decide)
    assert planned.diff.startswith("--- /dev/null\n+++ b/images.d/b.yaml\n@@ -0,0 +1,3 @@\n+- name: new\n")
    assert (remote.head(), status(tmp_path / WEB)) == (before, "")
    remote.push({"images.yaml": f"{TEXT}- {{name: x, registry: ghcr.io, repository: acme/x}}\n"})
    files.plan(decide)
    clock.now += 6
    files.plan(decide)
    assert seen == [frozenset({"app"}), frozenset({"app"}), frozenset({"app", "x"})]


def test_a_refused_edit_has_a_message_for_the_field(files: GitEnrollmentFiles, remote: Remote) -> None:
    """A team's file that names an owner without a rule, and an entry whose image another file has."""
    before = remote.head()
    with pytest.raises(EntryRefused) as refused:
        files.commit(to(None, enrollment("new", owner="group:default/a"), "images.d/a.yaml"), "a")
    assert list(refused.value.fields) == ["owner"]
    assert "{files: images.d/a.yaml, owners:" in refused.value.fields["owner"]
    with pytest.raises(EntryRefused) as refused:
        files.commit(to(None, replace(enrollment("new", "acme/app"), tag="2"), "images.d/a.yaml"), "a")
    assert list(refused.value.fields) == ["repository"]
    with pytest.raises(NameTaken):
        files.commit(to(None, enrollment("app", "acme/x")), "a")

    assert remote.head() == before


def test_an_error_of_one_caller_is_not_that_of_another(files: GitEnrollmentFiles, remote: Remote) -> None:
    """Also an unexpected one."""

    def failing(_: WrittenEntries) -> EntryEdit:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        files.commit(failing, "a")
    assert files.commit(to(None, enrollment("new")), "b").commit == remote.head()


def test_a_protected_branch_is_reported_and_the_next_commit_works(files: GitEnrollmentFiles, remote: Remote) -> None:
    """Nothing stays behind of the first one."""
    remote.hook("update", PROTECTING)
    with pytest.raises(Refused, match="GH006"):
        files.commit(to(None, enrollment("one")), "a")
    (remote.folder / "hooks/update").unlink()
    files.commit(to(None, enrollment("two")), "a")

    assert "one" not in remote.read("images.yaml")
    assert remote.log()[0] == "Enroll two"


def test_the_checkout_is_free_between_two_commits(files: GitEnrollmentFiles, remote: Remote, tmp_path: Path) -> None:
    """Another process can use it; while it does, a commit is refused after a wait."""
    files.commit(to(None, enrollment("one")), "a")
    with opening(tmp_path, remote)(), pytest.raises(CheckoutInUse):
        files.commit(to(None, enrollment("two")), "a")
    files.commit(to(None, enrollment("three")), "a")

    assert remote.log()[:2] == ["Enroll three", "Enroll one"]
