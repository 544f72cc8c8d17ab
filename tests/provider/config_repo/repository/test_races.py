"""Two writers: whoever loses a push race goes again on the newer text, and nothing is lost."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provider.config_repo.repository.patience import Patience
from proxy.errors import Unavailable
from proxy.secrets.secret import Secret
from tests.peers.git_server import GitServer, PushStage
from tests.provider.config_repo.conftest import Opens
from tests.provider.config_repo.repositories import PROJECT, Remote, appending, change, put, status

LIST = "images.yaml"
ALL = "state/images/all.yaml"


def race(url: str, folder: Path, commits: int, *, turns: bool = False) -> set[str]:
    """Let two processes commit at once; the names of all commits.

    Without turns they meet at work and lose races; with turns they never meet.
    """
    names = ("left", "right")
    command = [sys.executable, "-m", "tests.provider.config_repo.repository.racing"]
    writers = [
        subprocess.Popen(
            [*command, url, str(folder / name), name, str(commits), str(folder / "turns") if turns else "-"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    ready = [writer.stdout.readline() for writer in writers if writer.stdout]
    if ready == ["ready\n"] * len(names):
        for writer in writers:
            _begin(writer)
    ends = [writer.communicate(timeout=1800) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], ends
    lost, met = (sum(column) for column in zip(*(map(int, answer.split()) for answer, _ in ends), strict=True))
    assert lost > 0, "no race was lost, so nothing was proven"
    assert (met == 0) is turns
    return {f"{name}-{number}" for name in names for number in range(commits)}


def _begin(writer: "subprocess.Popen[str]") -> None:
    assert writer.stdin is not None
    writer.stdin.write("begin\n")
    writer.stdin.flush()


def test_two_processes_lose_no_commit(remote: Remote, tmp_path: Path) -> None:
    """Two processes make 40 commits each at once: all 80 arrive in one line, each with its file and its line."""
    before = remote.paths()
    expected = race(str(remote.folder), tmp_path, 40)

    assert sorted(remote.log()[:-1]) == sorted(expected)
    assert sorted(remote.read(ALL).splitlines()) == sorted(expected)
    assert remote.paths() == before | {f"state/images/{name}.yaml" for name in expected} | {ALL}
    assert remote.git("rev-list", "--merges", "--count", "main") == "0\n"


def test_two_processes_lose_no_commit_over_http(server: GitServer, tmp_path: Path) -> None:
    """The same, by git http-backend with a token as a forge serves it."""
    expected = race(server.create("acme/config", {LIST: "[]\n"}), tmp_path, 40)

    assert sorted(server.repositories.messages("acme/config")[:-1]) == sorted(expected)
    assert sorted(server.repositories.read("acme/config", ALL).splitlines()) == sorted(expected)
    assert len(server.repositories.files("acme/config")) == len(expected) + 2
    assert server.repositories.run("acme/config", "rev-list", "--merges", "--count", "main") == "0"


def test_with_turns_two_processes_never_write_at_once(remote: Remote, tmp_path: Path) -> None:
    """Each begins its write when that of the other one has ended; all commits arrive."""
    expected = race(str(remote.folder), tmp_path, 20, turns=True)

    assert sorted(remote.log()[:-1]) == sorted(expected)


@pytest.mark.parametrize("stage", PushStage)
def test_a_push_between_ours_and_the_servers_answer(stage: PushStage, opens: Opens, server: GitServer) -> None:
    """Before and after the server tells its branches, somebody else's push makes ours go again on the newer text."""
    repository = opens(server.create("acme/config", {LIST: "a\n"}), token=Secret(server.write_token))
    seen: list[str | None] = []

    def add(text: str | None) -> str:
        seen.append(text)
        return f"{text}ours\n"

    server.before_push(
        "acme/config", lambda: server.repositories.commit("acme/config", {LIST: "a\ntheirs\n"}, message="Theirs"), stage
    )
    made = repository.commit([change(LIST, add)], "Ours")

    assert made is not None
    assert seen == ["a\n", "a\ntheirs\n"]
    assert server.repositories.read("acme/config", LIST) == "a\ntheirs\nours\n"
    assert server.repositories.messages("acme/config") == ["Ours", "Theirs", "Start"]


def test_an_edit_that_finds_its_work_done_commits_nothing(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """When the winner of the race made the same change there is nothing left to commit."""

    def lose(_: str | None) -> str:
        if remote.read(LIST) != "same\n":
            remote.push({LIST: "same\n", "state/images/portal.yaml": None})
        return "same\n"

    repository = opens(str(remote.folder))

    assert repository.commit([change(LIST, lose)], "Ours") is None
    assert repository.head() == remote.head()
    assert status(tmp_path / "config") == ""


def test_losing_every_race_ends(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """The tries are bounded, the pauses between them grow, and the error says that trying later may help."""
    pauses: list[float] = []
    pushed: list[str] = []

    def always_late(text: str | None) -> str:
        pushed.append(remote.push({"state/images/portal.yaml": f"{len(pushed)}\n"}))
        return f"{text}ours\n"

    repository = opens(str(remote.folder), patience=Patience(tries=3), sleep=pauses.append)

    with pytest.raises(Unavailable, match="lost 3 push races") as failure:
        repository.commit([change(LIST, always_late)], "Ours")
    assert failure.value.transient
    assert len(pushed) == 3
    assert len(pauses) == 2
    assert remote.head() == pushed[-1]
    assert status(tmp_path / "config") == ""


def test_conflicting_commits_made_by_hand_are_kept_aside(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """An unpushed commit that conflicts with the remote blocks nobody and is not lost."""
    repository = opens(str(remote.folder))
    checkout = tmp_path / "config"
    (checkout / LIST).write_text("- name: ours\n")
    remote.git("commit", "-q", "-a", "-m", "By hand", folder=checkout)
    remote.push({LIST: "- name: theirs\n"})

    assert repository.pull()

    assert repository.read(LIST) == "- name: theirs\n"
    kept = remote.git("for-each-ref", "--format=%(objectname)", "refs/image-factory/unpushed", folder=checkout).strip()
    assert remote.git("cat-file", "blob", f"{kept}:{LIST}", folder=checkout) == "- name: ours\n"
    assert repository.commit([change(LIST, appending("- name: later"))], "Later") is not None


def test_threads_of_one_process_take_turns(opens: Opens, remote: Remote) -> None:
    """Commits of several threads through one repository all arrive."""
    repository = opens(str(remote.folder))
    with ThreadPoolExecutor(4) as pool:
        made = list(
            pool.map(lambda number: repository.commit([put(f"state/images/{number}.yaml", "x")], "x"), range(12))
        )

    assert None not in made
    assert {f"state/images/{number}.yaml" for number in range(12)} < remote.paths()


def test_pushes_and_lost_races_are_counted(opens: Opens, remote: Remote) -> None:
    """A push that wins at its second try is one race and one push; what pushes nothing is neither."""
    counted: list[str] = []
    repository = opens(str(remote.folder), counted=counted.append, sleep=lambda _: None)
    remote.push({LIST: "theirs\n"})
    assert repository.commit([change(LIST, appending("ours"))], "Ours") is not None
    assert repository.commit([change(LIST, lambda text: text or "")], "Nothing") is None
    repository.pull()
    assert counted == ["raced", "pushed"]


def test_a_push_that_gives_up_is_counted_as_failed(opens: Opens, remote: Remote) -> None:
    """Each of its tries lost a race."""
    counted: list[str] = []
    patience = Patience(tries=3, longest_seconds=0.0)
    repository = opens(str(remote.folder), counted=counted.append, sleep=lambda _: None, patience=patience)

    def lose(text: str | None) -> str:
        remote.push({LIST: f"{text}theirs\n"})
        return f"{text}ours\n"

    with pytest.raises(Unavailable):
        repository.commit([change(LIST, lose)], "Ours")
    assert counted == ["raced"] * patience.tries + ["failed"]
