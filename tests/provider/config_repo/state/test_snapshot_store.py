"""The snapshot in git; what all book stores promise is in tests/contracts/test_snapshot_store.py."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from provider.config_repo.layout import StateFile
from provider.config_repo.state import reading, state_edits
from provider.config_repo.state.documents import image_text
from provider.config_repo.state.files import Content, read_file
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.asking.asked import Hold
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.lifecycle import settle
from provider.domain.planning.kept_settling import KeptSettling
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState
from provider.ports import ProblemText
from provider.services.enrollments import follow_enrollments
from proxy.errors import Unavailable
from tests.provider.config_repo.repositories import Remote
from tests.provider.config_repo.repository.steered import SteeredRepository, enrollments_text, push_enrollments
from tests.provider.domain.samples import NODE, START, base, dependency, image, ledger

PORTAL = image("portal", replace(dependency(), name="node-22"))
NODE_BASE = base("node-22", NODE, ledger(("a", timedelta(0))))


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """One enrolled image."""
    return Remote.make(tmp_path / "remote.git", {"images.yaml": enrollments_text([PORTAL.enrollment])})


@pytest.fixture
def repository(remote: Remote, tmp_path: Path) -> Iterator[SteeredRepository]:
    """The service's checkout."""
    with SteeredRepository.open(str(remote.folder), checkout=tmp_path / "config") as opened:
        assert isinstance(opened, SteeredRepository)
        yield opened


@pytest.fixture
def records(repository: SteeredRepository) -> GitSnapshotStore:
    """The snapshot there, with the image and its base."""
    records = GitSnapshotStore(repository)
    records.write(lambda _: Changes({"portal": PORTAL}, {"node-22": NODE_BASE}), "Begin")
    return records


def hold(snapshot: Snapshot) -> Changes:
    """Hold the portal."""
    return Changes({"portal": replace(snapshot.images["portal"], held=Hold("no"))}, reasons=["portal: held"])


def test_one_step_is_one_commit_that_says_why(records: GitSnapshotStore, remote: Remote) -> None:
    """The subject, then a line for each reason; only what changed is written."""
    before = remote.read("state/base-images/node-22.yaml")
    records.write(hold, "Hold the portal")

    assert remote.log()[0] == "Hold the portal"
    assert "portal: held" in remote.git("log", "-1", "--format=%B", "main")
    assert remote.git("show", "--format=", "--name-only", "main").split() == ["state/images/portal.yaml"]
    assert remote.read("state/base-images/node-22.yaml") == before


def test_a_step_that_changes_nothing_commits_nothing(records: GitSnapshotStore, remote: Remote) -> None:
    """Neither without changes nor with what is there already."""
    head = remote.head()
    records.write(lambda _: Changes(), "Nothing")
    records.write(lambda snapshot: Changes({"portal": snapshot.images["portal"]}), "The same")

    assert remote.head() == head


def test_a_step_parses_only_what_it_writes(records: GitSnapshotStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the text that it replaces nor that of any other file."""
    parsed: list[str] = []

    def noted(file: StateFile, text: str) -> Content:
        parsed.append(file.name)
        return read_file(file, text)

    for module in (reading, state_edits):
        monkeypatch.setattr(module, "read_file", noted)
    records.read()
    records.write(hold, "Hold the portal")
    records.read()

    assert parsed == ["portal"]


def test_a_base_names_its_dependents(records: GitSnapshotStore, remote: Remote) -> None:
    """Also when only the images changed."""
    assert "dependents:\n- portal\n" in remote.read("state/base-images/node-22.yaml")
    records.write(lambda _: Changes({"tools": image("tools", *PORTAL.dependencies)}), "Another")
    assert "dependents:\n- portal\n- tools\n" in remote.read("state/base-images/node-22.yaml")


def test_a_hand_edit_of_state_counts(records: GitSnapshotStore, remote: Remote) -> None:
    """The next pull brings it."""
    text = remote.read("state/images/portal.yaml")
    remote.push({"state/images/portal.yaml": f"{text}held: by hand\n"})
    records.pull()

    assert records.read().images["portal"].held == Hold("by hand")


@pytest.mark.parametrize(
    "written",
    [
        "docker.io:443/library/node:22",
        "registry-1.docker.io/library/node:22",
        "registry.hub.docker.com/node:22",
        "Index.Docker.io./library/node:22",
    ],
)
def test_state_with_an_earlier_spelling_of_a_registry_keeps_its_history(
    records: GitSnapshotStore, remote: Remote, written: str
) -> None:
    """It is read as the same image, under its name and with its ledger; nothing is begun again."""
    paths = ("state/base-images/node-22.yaml", "state/images/portal.yaml")
    texts = {path: remote.read(path).replace(str(NODE), written) for path in paths}
    assert all(written in text for text in texts.values())
    remote.push(dict(texts))
    records.pull()
    snapshot = records.write(lambda found: settle(START, found), "Settle")

    assert snapshot.problems == ()
    assert dict(snapshot.bases) == {"node-22": NODE_BASE}
    assert (snapshot.images["portal"].dependencies[0].image, snapshot.archived_bases) == (NODE, {})


def parts_of(problem: str) -> tuple[str, int, str | None, str]:
    """The file, line, field and message of a problem, which must have them."""
    assert isinstance(problem, ProblemText)
    return problem.file, problem.line, problem.field, problem.message


def test_a_file_that_is_no_state_is_reported_and_never_overwritten(records: GitSnapshotStore, remote: Remote) -> None:
    """Its image is not tracked until a person has corrected it; all others are."""
    broken = {"state/images/portal.yaml": "name: portal\nwhat: is this\n", "state/base-images/odd.yaml": "["}
    remote.push(dict(broken))
    records.pull()
    snapshot = records.write(lambda found: settle(START, found), "Settle")

    assert snapshot.unreadable == {"portal", "odd"}
    assert any("state/images/portal.yaml" in text and "what" in text for name, text in snapshot.problems if name)
    assert {path: remote.read(path) for path in broken} == broken


def test_a_file_that_cannot_be_read_says_what_to_do(records: GitSnapshotStore, remote: Remote) -> None:
    """With the name, the file, the line and the cause."""
    text = remote.read("state/images/portal.yaml")
    remote.push({"state/images/portal.yaml": text.replace("enrolledAt: '2026-01-01T00:00:00Z'", "enrolledAt: soon")})
    records.pull()

    (problem,) = [text for name, text in records.read().problems if name == "portal"]
    assert problem.startswith("portal: cannot read state/images/portal.yaml:2: enrolledAt: 'soon' is not a time; ")
    assert problem.endswith("; the image is skipped; correct the file, or delete it to start anew")
    assert parts_of(problem)[:3] == ("state/images/portal.yaml", 2, "enrolledAt")
    assert parts_of(problem)[3].startswith("'soon' is not a time; ")


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 1_000, "[" * 60_000, "- " * 60_000, "a: &a [*a]", "\0", "- a\n" * 300_000]
)
def test_a_hostile_file_stops_no_other_image(records: GitSnapshotStore, remote: Remote, text: str) -> None:
    """It is a problem of its image alone, which is read again once the file is corrected or deleted."""
    remote.push({"state/images/evil.yaml": text})
    records.pull()
    snapshot = records.write(hold, "Hold the portal")

    assert snapshot.images["portal"].held == Hold("no")
    assert any("evil: cannot read state/images/evil.yaml:1: " in problem for _, problem in snapshot.problems)
    remote.push({"state/images/evil.yaml": None})
    records.pull()
    assert records.read().problems == ()


def test_an_unreadable_file_is_put_away_once_its_entry_is_removed(records: GitSnapshotStore, remote: Remote) -> None:
    """As it is; the image can be enrolled again, and starts anew."""
    broken = "name: portal\nenrolledAt: soon\n"
    remote.push({"state/images/portal.yaml": broken, "images.yaml": "[]\n"})
    records.pull()
    snapshot = records.write(lambda found: settle(START, found), "Settle")

    assert remote.read("state/_archive/images/portal.unreadable.yaml") == broken
    assert (snapshot.unreadable, snapshot.problems) == (frozenset(), ())
    push_enrollments(remote, [PORTAL.enrollment])
    records.pull()
    assert records.write(lambda found: settle(START, found), "Settle").images["portal"].enrolled_at == START


@pytest.mark.parametrize("entries", ["- name: portal\n", "- name: [\n", "- nme: portal\n"])
def test_an_unreadable_file_stays_while_an_entry_may_mean_it(
    records: GitSnapshotStore, remote: Remote, entries: str
) -> None:
    """An entry that is present but invalid is not removed."""
    broken = {"state/images/portal.yaml": "name: portal\nenrolledAt: soon\n"}
    remote.push({**broken, "images.yaml": entries})
    records.pull()
    records.write(lambda found: settle(START, found), "Settle")

    assert remote.read("state/images/portal.yaml") == broken["state/images/portal.yaml"]


def test_an_unknown_key_is_noted_with_its_line(records: GitSnapshotStore, remote: Remote) -> None:
    """The image goes on; what the service knows of the file is kept."""
    text = remote.read("state/images/portal.yaml")
    remote.push({"state/images/portal.yaml": f"colour: red\n{text}"})
    records.pull()
    snapshot = records.read()

    assert set(snapshot.images) == {"portal"}
    assert snapshot.images["portal"] == PORTAL
    (problem,) = [each for _, each in snapshot.problems]
    assert problem.startswith("portal: state/images/portal.yaml:1: colour is not known; ")
    assert parts_of(problem)[:3] == ("state/images/portal.yaml", 1, "colour")


def test_every_problem_of_a_file_has_its_place(records: GitSnapshotStore, remote: Remote) -> None:
    """An entry, a duplicate, a whole file, a misnamed one, the policy, what no rule allows, and files of the state."""
    entry = "- {name: NAME, registry: ghcr.io, repository: acme/portal, tag: latest}\n"
    remote.push(
        {
            "images.yaml": remote.read("images.yaml") + entry.replace("NAME", "twin") + "- name: Bad Name\n",
            "images.d/team.yaml": "- name: deploy\n  registry: ghcr.io\n  repository: acme/deploy\n"
            "  owner: group:default/other\n",
            "images.d/team-b.yml": "[]",
            "images.d/team-c.yaml": "\tx",
            "policy.yaml": "rules:\n- files: images.d/team.yaml\n  colours: [red]\n",
            "state/images/evil.yaml": "name: evil\nenrolledAt: {}\n",
            "state/images/copy.yaml": image_text(PORTAL),
        }
    )
    records.pull()
    found = [parts_of(problem) for _, problem in records.read().problems]

    assert {(file, line, field) for file, line, field, _ in found} >= {
        ("images.d/team.yaml", 4, "owner"),
        ("images.d/team-b.yml", 1, None),
        ("images.d/team-c.yaml", 1, None),
        ("policy.yaml", 3, "rules[0]"),
        ("state/images/evil.yaml", 1, "enrollment"),
        ("state/images/copy.yaml", 1, "name"),
    }
    assert {(file, field) for file, _, field, _ in found} >= {("images.yaml", "repository"), ("images.yaml", "name")}
    assert all(message and not message.startswith(file) for file, _, _, message in found)


def test_a_state_that_cannot_be_written_stops_no_other(
    records: GitSnapshotStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its change is not stored and its error is returned; no file is removed meanwhile, others are written."""

    def text_of(state: ImageState) -> str:
        if state.name == "evil":
            raise MemoryError
        return image_text(state)

    monkeypatch.setattr(state_edits, "image_text", text_of)
    tools, evil = image("tools"), image("evil")
    step = Changes({"tools": tools, "evil": evil}, {"node-22": None})
    snapshot = records.write(lambda _: step, "Enroll")

    assert set(snapshot.images) == {"portal", "tools"}
    assert set(snapshot.bases) == {"node-22"}
    assert snapshot.errors == {"evil": "its state cannot be written: internal error: MemoryError; see the log"}


def test_a_source_by_plain_http_is_read_again_whatever_the_setting(
    repository: SteeredRepository, remote: Remote
) -> None:
    """Enrolled while its host was listed; then without the host in the setting, then without the entry."""
    source = Source("git", "http://127.0.0.1:41631/acme/app.git")
    entry = Enrollment("app", "ghcr.io", "acme/app", source=source, build=Build("webhook", url="http://127.0.0.1:8/b"))
    push_enrollments(remote, [entry])
    listed = GitSnapshotStore(repository, ["127.0.0.1"])
    listed.pull()
    assert set(listed.write(lambda found: settle(START, found), "Settle").images) == {"app"}
    for hosts in (["127.0.0.1"], []):
        snapshot = GitSnapshotStore(repository, hosts).read()
        assert snapshot.images["app"].enrollment == entry
        assert snapshot.unreadable == frozenset()
        assert any("http" in problem for _, problem in snapshot.problems) is (not hosts)

    remote.push({"images.yaml": "[]\n"})
    unlisted = GitSnapshotStore(repository)
    unlisted.pull()
    snapshot = unlisted.write(lambda found: settle(START, found), "Settle")
    assert (snapshot.images, set(snapshot.archived_images), snapshot.problems) == ({}, {"app"}, ())


def test_a_problem_of_an_enrollment_knows_its_place(records: GitSnapshotStore, remote: Remote) -> None:
    """Lists of problems show file, line and field apart from the message; the text is the same as before."""
    entry = "- name: tools\n  registry: ghcr.io\n  repository: acme/tools\n  rebuildDelay: 7x\n"
    remote.push({"images.yaml": entry, "images.d/team.yaml": "- name: [\n"})
    records.pull()
    found = {str(text): text for _, text in records.read().problems if isinstance(text, ProblemText)}

    (delay,) = [text for text in found.values() if text.file == "images.yaml"]
    assert (delay.line, delay.field) == (4, "rebuildDelay")
    assert delay == f"images.yaml:4: tools: rebuildDelay: {delay.message}"
    assert any(text.file == "images.d/team.yaml" and text.field is None for text in found.values())


def test_a_broken_file_in_the_archive_stops_no_image(records: GitSnapshotStore, remote: Remote) -> None:
    """What would be archived over it stays; others are written."""
    push_enrollments(remote, [image("tools").enrollment])
    remote.push({"state/_archive/base-images/node-22.yaml": "["})
    records.pull()
    snapshot = records.write(lambda found: settle(START, found), "Settle")

    assert set(snapshot.images) == {"tools"}
    assert set(snapshot.bases) == {"node-22"}
    assert remote.read("state/_archive/base-images/node-22.yaml") == "["


def test_a_name_that_is_not_the_files_is_reported(records: GitSnapshotStore, remote: Remote) -> None:
    """A copied file is not another image."""
    remote.push({"state/images/copy.yaml": image_text(PORTAL)})
    records.pull()
    snapshot = records.read()

    assert set(snapshot.images) == {"portal"}
    assert any("make them equal" in text for name, text in snapshot.problems if name == "copy")


def test_renaming_most_images_removes_none(records: GitSnapshotStore, remote: Remote) -> None:
    """The same images under other names need no admin's confirmation, and no image is there twice."""
    old = {f"image-{number}": image(f"image-{number}") for number in range(8)}
    push_enrollments(remote, [each.enrollment for each in old.values()])
    records.write(lambda _: Changes(dict(old)), "Begin")
    push_enrollments(remote, [replace(each.enrollment, name=f"new-{name}") for name, each in old.items()])
    records.pull()
    snapshot = records.write(lambda found: settle(START, found), "Settle")

    assert set(snapshot.images) == {f"new-{name}" for name in old}
    assert not any("removed" in text for _, text in snapshot.problems)


def test_a_writer_who_is_always_faster_ends_the_write(
    records: GitSnapshotStore, repository: SteeredRepository, remote: Remote
) -> None:
    """It gives up after some tries; what they wrote is there, and nothing of ours."""
    text = remote.read("state/images/portal.yaml")
    races: list[str] = []

    def interfere(message: str) -> None:
        races.append(message)
        remote.push({"state/images/portal.yaml": f"{text}held: race {len(races)}\n"})

    repository.before = interfere
    with pytest.raises(Unavailable, match="Hold the portal"):
        records.write(hold, "Hold the portal")
    repository.before = None
    records.pull()

    assert records.read().images["portal"].held == Hold(f"race {len(races)}")


def many(file: str, count: int) -> list[Enrollment]:
    """So many enrollments of a team's file."""
    team = file.partition("/")[2].removesuffix(".yaml")
    source = Source("github", f"acme/{team}")
    names = [f"{team}-{number}" for number in range(count)]
    return [Enrollment(name, "ghcr.io", f"acme/{name}", source=source, file=file) for name in names]


TEAM_A, TEAM_B = "images.d/a.yaml", "images.d/b.yaml"


@pytest.fixture
def teams(repository: SteeredRepository, remote: Remote) -> GitSnapshotStore:
    """Two teams with eight images each, beside the portal."""
    remote.push({file: enrollments_text(many(file, 8)) for file in (TEAM_A, TEAM_B)})
    store = GitSnapshotStore(repository)
    follow_enrollments(START, store, KeptSettling())
    return store


def test_the_mistake_of_one_team_stops_only_its_own_removals(teams: GitSnapshotStore, remote: Remote) -> None:
    """It empties its file, which is a problem of that file; the other team removes an image meanwhile."""
    remote.push({TEAM_A: "[]\n", TEAM_B: enrollments_text(many(TEAM_B, 7))})
    after = follow_enrollments(START, teams, KeptSettling())

    assert after.removals == {TEAM_A: tuple(f"a-{number}" for number in range(8))}
    assert set(after.archived_images) == {"b-7"}
    assert {f"a-{number}" for number in range(8)} <= after.images.keys()
    ((name, text),) = after.problems
    assert name == ""
    assert isinstance(text, ProblemText)
    assert text.removes == after.removals[TEAM_A]
    assert parts_of(text)[:3] == (TEAM_A, 1, None)
    found = "8 of the 8 images of this file would be removed at once (a-0, a-1, a-2, a-3, a-4, ...); none of them is; "
    assert parts_of(text)[3].startswith(found)


def test_an_admin_allows_removals_in_the_policy(teams: GitSnapshotStore, remote: Remote) -> None:
    """What is not in the list goes on to wait, if it still is too much; a name that is enrolled is a problem."""
    names = [f"a-{number}" for number in range(8)]
    remote.push({TEAM_A: "[]\n", "policy.yaml": f"removals: [{', '.join(names[:2])}, portal]\n"})
    after = follow_enrollments(START, teams, KeptSettling())
    assert set(after.archived_images) == set(names[:2])
    assert after.removals == {TEAM_A: tuple(names[2:])}
    stale = next(text for name, text in after.problems if name == "portal")
    assert parts_of(stale)[:3] == ("policy.yaml", 1, "removals")
    assert "take its name out of this list" in parts_of(stale)[3]

    remote.push({"policy.yaml": f"removals: [{', '.join(names)}]\n"})
    after = follow_enrollments(START, teams, KeptSettling())
    assert set(after.archived_images) == set(names)
    assert (after.removals, after.problems) == ({}, ())
