"""The history of entries, from real git."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from provider.config_repo.entry_history.git_entry_histories import GitEntryHistories
from provider.git.command import GitCommand, GitOutput
from provider.timeline_ports import EntryCommit
from proxy.errors import Unavailable
from proxy.secrets.redactor import Redactor
from tests.provider.config_repo.repositories import Remote

APP = "- name: app\n  registry: ghcr.io\n  repository: acme/app\n  rebuildDelay: 7d\n"
API = (
    "- registry: ghcr.io\n  repository: acme/api\n  build: {system: github-actions}\n  name: api\n"
    "  platforms:\n    - linux/amd64\n"
)
WAIT = 30.0


@pytest.fixture(name="remote")
def made_remote(tmp_path: Path) -> Remote:
    """A repository with two entries."""
    return Remote.make(tmp_path / "remote.git", {"images.yaml": APP + API})


@pytest.fixture(name="clock")
def made_clock() -> list[float]:
    """A clock that the test sets."""
    return [0.0]


@pytest.fixture(name="read")
def made_reader(remote: Remote, clock: list[float]) -> Callable[[str], list[EntryCommit]]:
    """Reads the history of an entry after all that was pushed."""
    checkout = remote.folder.with_name("remote.git-clone")
    histories = GitEntryHistories([Path("/none"), checkout], "main", Redactor(()), lambda: clock[0])

    def read(name: str) -> list[EntryCommit]:
        clock[0] += 60
        found = histories.of(name, WAIT)
        assert found.is_complete, found
        return list(found.commits)

    return read


def described(commits: list[EntryCommit]) -> list[tuple[str, tuple[str, ...]]]:
    """What each commit did."""
    words = {(True, False): "added", (False, True): "removed", (False, False): "changed"}
    return [(words[commit.added, commit.removed], commit.changes) for commit in commits]


def test_each_entry_has_the_commits_that_changed_it(remote: Remote, read: Callable[[str], list[EntryCommit]]) -> None:
    """Whichever key comes first, and wherever in the entry the change is; with who asked, and the message."""
    commit = remote.push(
        {"images.yaml": APP.replace("7d", "12h") + API},
        "Change the enrollment of app\n\n- rebuildDelay in images.yaml\n\nRequested-by: user:default/jane",
    )
    remote.push({"images.yaml": APP.replace("7d", "12h") + API + "    - linux/arm64\n"}, "Build for arm")

    (changed, added) = read("app")
    assert (changed.commit, changed.by, changed.subject) == (
        commit,
        "user:default/jane",
        "Change the enrollment of app",
    )
    assert changed.changes == ("- rebuildDelay: 7d", "+ rebuildDelay: 12h")
    assert (added.added, added.changes, added.file) == (True, (), "images.yaml")
    assert described(read("api")) == [("changed", ("+ linux/arm64",)), ("added", ())]
    assert read("api")[0].by == "Image Factory"
    assert read("other") == []


def test_an_entry_that_moves_to_another_file_is_one_change(
    remote: Remote, read: Callable[[str], list[EntryCommit]]
) -> None:
    """A removed entry, and one that comes back, are told apart."""
    remote.push({"images.yaml": API, "images.d/team.yaml": APP})
    remote.push({"images.d/team.yaml": None})
    remote.push({"images.yaml": API + APP})

    assert described(read("app")) == [
        ("added", ()),
        ("removed", ()),
        ("changed", ("moved from images.yaml to images.d/team.yaml",)),
        ("added", ()),
    ]
    assert described(read("api")) == [("added", ())]


def test_comments_and_other_entries_change_nothing(remote: Remote, read: Callable[[str], list[EntryCommit]]) -> None:
    """A comment before an entry, an entry between two others, another order and a whole file in another indentation."""
    remote.push({"images.yaml": f"# ours\n{APP}\n# theirs\n{API}"})
    remote.push({"images.yaml": f"{APP}- name: new\n  repository: acme/new\n{API}"})
    assert described(read("app")) == [("added", ())]
    assert described(read("api")) == [("added", ())]
    assert described(read("new")) == [("added", ())]

    indented = "".join(f"  {line}\n" for line in APP.splitlines())
    remote.push({"images.yaml": indented})
    assert [what for what, _ in described(read("app"))] == ["changed", "added"]
    assert [what for what, _ in described(read("api"))] == ["removed", "added"]


def test_texts_that_look_like_a_diff_or_a_record_change_nothing_else(
    remote: Remote, read: Callable[[str], list[EntryCommit]]
) -> None:
    """A message with lines of a diff, and an entry with lines that begin like one, stay what they are."""
    remote.push(
        {"images.yaml": APP + "  description: |\n    @@ -1 +1 @@\n    --- images.yaml\n    - name: api\n" + API},
        "diff --git images.yaml\n\n@@ -1 +1 @@\n+- name: evil",
    )
    (changed, _) = read("app")
    assert changed.subject == "diff --git images.yaml"
    assert "+ description: |" in changed.changes
    assert read("evil") == []
    assert described(read("api")) == [("added", ())]


def test_what_was_known_is_used_until_git_has_answered(remote: Remote, clock: list[float], tmp_path: Path) -> None:
    """The first reader who does not wait learns that git is being read; without a checkout the reason is said."""
    checkout = tmp_path / "config"
    histories = GitEntryHistories([checkout], "main", Redactor(()), lambda: clock[0])
    assert "no checkout" in (histories.of("app", WAIT).problem or "")

    remote.git("clone", "-q", str(remote.folder), str(checkout))
    assert "no checkout" in (histories.of("app", WAIT).problem or ""), "known for some seconds"
    clock[0] += 60
    assert len(histories.of("app", WAIT).commits) == 1

    shutil.rmtree(checkout / ".git" / "refs")
    (checkout / ".git" / "packed-refs").unlink(missing_ok=True)
    clock[0] += 60
    assert histories.of("app", 0.0).commits or histories.of("app", 0.0).problem
    clock[0] += 60
    assert histories.of("app", WAIT).problem

    other = GitEntryHistories([remote.folder], "main", Redactor(()))
    assert other.of("app", 0.0).reading or other.of("app", 0.0).problem


def test_only_what_is_new_is_read(
    remote: Remote, read: Callable[[str], list[EntryCommit]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit of state reads no patch again, and a rewritten history is read from its beginning."""
    sent: list[tuple[str, ...]] = []
    ask = GitCommand.ask

    def noted(git: GitCommand, *arguments: str, stdin: bytes = b"") -> GitOutput:
        sent.append(arguments)
        return ask(git, *arguments, stdin=stdin)

    monkeypatch.setattr(GitCommand, "ask", noted)
    before = read("app")
    first = remote.push({"state/images/app.yaml": "a: 2\n"})
    assert read("app") == before
    remote.push({"images.yaml": APP.replace("7d", "2d") + API})
    after = read("app")
    assert (len(after), after[1:]) == (2, before)
    assert read("api") == read("api") != []
    assert read("app") == after
    ranges = [arguments[-4] for arguments in sent if arguments[0] == "log"]
    assert [".." in text for text in ranges] == [False, True, True]
    assert ranges[2].startswith(first)

    clone = remote.folder.with_name("remote.git-clone")
    remote.git("commit", "-q", "--amend", "-m", "Another message", folder=clone)
    assert [commit.subject for commit in read("app")] == ["Another message", before[0].subject]


def test_a_read_that_failed_is_not_repeated_soon(
    remote: Remote, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have taken a minute; after ten minutes it is tried again."""
    reads = 0

    def late(git: GitCommand, *arguments: str, stdin: bytes = b"") -> GitOutput:
        nonlocal reads
        reads += 1
        raise Unavailable("git rev-parse did not end within 60 seconds")

    with monkeypatch.context() as broken:
        broken.setattr(GitCommand, "ask", late)
        checkout = remote.folder.with_name("remote.git-clone")
        histories = GitEntryHistories([checkout], "main", Redactor(()), lambda: clock[0])
        for _ in range(5):
            clock[0] += 60
            assert "did not end" in (histories.of("app", WAIT).problem or "")
        assert reads == 1
    clock[0] += 600
    assert len(histories.of("app", WAIT).commits) == 1


def test_a_repository_of_git_attributes_changes_nothing(
    remote: Remote, read: Callable[[str], list[EntryCommit]]
) -> None:
    """An attribute that makes the file binary hides its changes, and runs no program."""
    remote.push({".gitattributes": "images.yaml diff=evil\n", "images.yaml": APP.replace("7d", "1d") + API})
    assert described(read("api")) == [("added", ())]
    assert read("app")[-1].added
