"""A checkout with state has the problems that the service finds in the same commit."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from provider.config_repo.enrollments.validate import validate_folder
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.lifecycle import settle
from provider.domain.snapshot import Changes, Snapshot
from tests.provider.config_repo.enrollments.commits import entry_text
from tests.provider.config_repo.repositories import Remote
from tests.provider.domain.samples import START, dependency

HOME, EVIL = "images.d/payments.yaml", "images.d/a-team.yaml"
PAYMENTS = entry_text("payments")
NODE = "- name: node\n  registry: docker.io\n  repository: library/node\n  tag: '22'\n"
PORTAL_STATE, ARCHIVED_STATE = "state/images/payments.yaml", "state/_archive/images/gone.yaml"


def with_dependency(snapshot: Snapshot) -> Changes:
    """Payments is built from node:22."""
    return Changes({"payments": replace(snapshot.images["payments"], dependencies=(dependency(),))})


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """Two images of one team."""
    return Remote.make(tmp_path / "remote.git", {HOME: PAYMENTS + entry_text("gone")})


@pytest.fixture
def service(remote: Remote, tmp_path: Path) -> Iterator[GitSnapshotStore]:
    """The service, which has written the state of one image, and archived that of the other."""
    with ConfigRepository.open(str(remote.folder), checkout=tmp_path / "config") as opened:
        service = GitSnapshotStore(opened)
        service.write(lambda found: settle(START, found), "Follow the enrollments")
        service.write(with_dependency, "Discover")
        remote.push({HOME: PAYMENTS})
        service.pull()
        service.write(lambda found: settle(START, found), "Archive")
        yield service


def checkout(remote: Remote, files: Mapping[str, str | None]) -> Path:
    """The folder of a person's clone, after a commit of these files."""
    remote.push(files)
    return remote.folder.with_name("remote.git-clone")


@pytest.mark.parametrize(
    ("files", "place", "words"),
    [
        ({EVIL: NODE}, f"{EVIL}:3: node: repository: ", "payments in another file uses docker.io/library/node"),
        ({EVIL: NODE.replace("library/node", "node")}, f"{EVIL}:3: node: repository: ", "payments in another file"),
        ({EVIL: PAYMENTS}, f"{EVIL}:1: payments: name: ", f"payments is the name of another image, at {HOME}:1"),
        ({EVIL: entry_text("thief", "acme/payments")}, f"{EVIL}:1: thief: repository: ", f"at {HOME}:1"),
        ({EVIL: entry_text("gone")}, f"{EVIL}:1: gone: name: ", "gone was enrolled in images.d/payments.yaml"),
        ({EVIL: entry_text("thief", "acme/gone")}, f"{EVIL}:3: thief: repository: ", "was enrolled in"),
        ({EVIL: entry_text("thief", "acme/gone", tag="edge")}, f"{EVIL}:3: thief: repository: ", "was enrolled in"),
        (
            {HOME: entry_text("payments", rebuildDelay="7x"), EVIL: entry_text("thief", "acme/payments")},
            f"{EVIL}:1: thief: repository: ",
            "is enrolled as payments, whose last valid version is used",
        ),
        ({HOME: "- [", EVIL: PAYMENTS}, f"{EVIL}:1: payments: name: ", "whose last valid version is used"),
        ({HOME: None, EVIL: PAYMENTS}, f"{EVIL}:1: payments: name: ", "payments was enrolled in"),
    ],
)
def test_the_problems_are_those_of_the_service(
    remote: Remote, service: GitSnapshotStore, files: dict[str, str | None], place: str, words: str
) -> None:
    """With file, line, entry and field: claims of what others use, have or had, and of what stays in force."""
    found = [str(problem) for problem in validate_folder(checkout(remote, files)).problems]

    assert [text for text in found if text.startswith(place) and words in text]
    service.pull()
    assert found == [text for _, text in service.read().problems]


@pytest.mark.parametrize("files", [{HOME: PAYMENTS + entry_text("more")}, {"images.yaml": NODE}, {EVIL: "# none\n"}])
def test_what_the_service_accepts_has_no_problem(
    remote: Remote, service: GitSnapshotStore, files: dict[str, str | None]
) -> None:
    """Also the entries of the file of origin, and those of the admins."""
    assert validate_folder(checkout(remote, files)).problems == ()
    service.pull()
    assert service.read().problems == ()


def test_without_state_an_entry_has_the_problems_of_a_new_repository(remote: Remote, service: GitSnapshotStore) -> None:
    """State may be on another branch; then only the files themselves are compared."""
    folder = checkout(remote, {EVIL: NODE})
    assert validate_folder(folder).problems
    (folder / "state").rename(folder / "elsewhere")

    assert validate_folder(folder).problems == ()


@pytest.mark.parametrize(
    ("path", "text", "line", "words"),
    [
        (PORTAL_STATE, "[", 1, "this is not YAML"),
        (PORTAL_STATE, "name: payments\nwhat: is this\n", 1, "enrolledAt"),
        (PORTAL_STATE, "name: other\n", 1, "enrolledAt"),
        ("state/images/odd.yaml", "name: odd\nnote: \udcff\n", 2, "this is not UTF-8"),
        ("state/base-images/odd.yaml", "", 1, ""),
    ],
)
def test_state_that_cannot_be_read_is_one_problem_and_stops_nothing(
    remote: Remote, service: GitSnapshotStore, path: str, text: str, line: int, words: str
) -> None:
    """With its file and line and what to do; the claims are still compared with the rest of the state."""
    folder = checkout(remote, {EVIL: entry_text("gone")})
    (folder / path).write_bytes(text.encode(errors="surrogateescape"))

    problems = validate_folder(folder).problems

    assert [(problem.path, problem.name) for problem in problems] == [(EVIL, "gone"), (path, Path(path).stem)]
    assert problems[1].line >= line
    assert words in str(problems[1])
    assert problems[1].message.endswith("the image is skipped; correct the file, or delete it to start anew")


def test_state_that_is_no_file_is_a_problem(remote: Remote, service: GitSnapshotStore) -> None:
    """Such as a folder or a broken link; files with other names are not read."""
    folder = checkout(remote, {EVIL: "# none\n"})
    (folder / "state/images/odd.yaml").mkdir()
    (folder / "state/images/link.yaml").symlink_to("nowhere")
    (folder / "state/images/Not A Name.yaml").write_text("[")

    assert [problem.path for problem in validate_folder(folder).problems] == [
        "state/images/link.yaml",
        "state/images/odd.yaml",
    ]


def test_the_archive_counts_only_for_what_is_tracked_again(remote: Remote, service: GitSnapshotStore) -> None:
    """Then its history is not used, and a person is asked to correct it."""
    folder = checkout(remote, {EVIL: "# none\n"})
    (folder / ARCHIVED_STATE).write_text("[")
    assert validate_folder(folder).problems == ()
    (folder / HOME).write_text(PAYMENTS + entry_text("gone"))

    (problem,) = validate_folder(folder).problems
    assert (problem.path, problem.name) == (ARCHIVED_STATE, "gone")
    assert problem.message.endswith("its earlier history is not used; correct the file, or delete it")


@pytest.fixture
def many(tmp_path: Path) -> Iterator[tuple[Remote, GitSnapshotStore]]:
    """Ten images of each of two teams, and two of a third one, which the service has written."""
    files = {f"images.d/{team}.yaml": _entries(team, count) for team, count in (("a", 10), ("b", 10), ("c", 2))}
    remote = Remote.make(tmp_path / "remote.git", files)
    with ConfigRepository.open(str(remote.folder), checkout=tmp_path / "config") as opened:
        service = GitSnapshotStore(opened)
        service.write(lambda found: settle(START, found), "Follow the enrollments")
        yield remote, service


def _entries(team: str, count: int) -> str:
    return "".join(entry_text(f"{team}{number}") for number in range(count)) or "# none\n"


@pytest.mark.parametrize(
    ("files", "places"),
    [
        ({"images.d/a.yaml": _entries("a", 4)}, ["images.d/a.yaml:1"]),
        ({"images.d/a.yaml": _entries("a", 5)}, []),
        ({"images.d/a.yaml": None}, ["images.d/a.yaml:1"]),
        ({"images.d/a.yaml": "[]", "images.d/b.yaml": _entries("b", 9)}, ["images.d/a.yaml:1"]),
        (
            {"images.d/a.yaml": _entries("a", 0), "images.d/b.yaml": _entries("b", 0)},
            ["images.d/a.yaml:1", "images.d/b.yaml:1"],
        ),
        (
            {"images.d/a.yaml": _entries("a", 6), "images.d/b.yaml": _entries("b", 7)},
            ["images.d/a.yaml:1", "images.d/b.yaml:1"],
        ),
        ({"images.d/a.yaml": _entries("a", 4), "policy.yaml": "removals: [a4, a5, a6, a7, a8, a9]\n"}, []),
        ({"policy.yaml": "removals: [a1]\n"}, ["policy.yaml:1"]),
    ],
)
def test_removals_that_would_wait_are_problems(
    many: tuple[Remote, GitSnapshotStore], files: dict[str, str | None], places: list[str]
) -> None:
    """Before the push, as the service reports them after it: too many at once, unless policy.yaml allows them."""
    remote, service = many
    found = [str(problem) for problem in validate_folder(checkout(remote, files)).problems]

    assert [text.split(": ")[0] for text in found] == places
    service.pull()
    assert found == [text for _, text in service.read().problems]
