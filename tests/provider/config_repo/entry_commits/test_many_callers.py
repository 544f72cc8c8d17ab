"""Many callers at once, at a git server over HTTP, beside a worker that commits state."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from provider.config_repo.enrollments.files import read_enrollments
from tests.peers.git_server import GitServer
from tests.provider.config_repo.entry_commits.many_callers import enroll_all, opened
from tests.provider.config_repo.repositories import PROJECT, Remote, put

MANY = 200


def remote_of(server: GitServer) -> tuple[str, Remote]:
    """A config repository at the server, with a comment in its file."""
    url = server.create("acme/config", {"images.yaml": "# ours\n", "README.md": "x"})
    return url, Remote(server.repositories.path("acme/config"))


def names_at(remote: Remote, commit: str) -> list[str]:
    """The names in the file at a commit, which has to be a valid file with its comment."""
    text = remote.git("cat-file", "blob", f"{commit}:images.yaml")
    assert text.startswith("# ours\n")
    found = read_enrollments({"images.yaml": text})
    assert found.problems == ()
    return [entry.enrollment.name for entry in found.valid]


def requested(remote: Remote) -> dict[str, str]:
    """The caller in each commit of an enrollment, by its subject."""
    form = "--format=%s%x00%(trailers:key=Requested-by,valueonly,separator=%x2C)"
    lines = (line.split("\0") for line in remote.git("log", form, "main").splitlines())
    return {subject: caller for subject, caller in lines if subject.startswith("Enroll ")}


def test_two_hundred_enrollments_by_ten_callers_are_all_there(server: GitServer, tmp_path: Path) -> None:
    """Each has a commit of its own with its caller, every commit is a valid file, and no commit of state is lost."""
    url, remote = remote_of(server)
    stop, states = threading.Event(), 0

    def work() -> None:
        nonlocal states
        with opened(url, tmp_path / "config") as repository:
            while not stop.wait(0.5):
                states += 1
                repository.commit([put("state/images/x.yaml", f"count: {states}\n")], f"State {states}")

    worker = threading.Thread(target=work)
    worker.start()
    began = time.monotonic()
    try:
        enroll_all(url, tmp_path / "config-web", range(MANY))
    finally:
        seconds = time.monotonic() - began
        stop.set()
        worker.join()
    print(f"{MANY} enrollments by 10 callers: {seconds:.1f} s, {states} commits of state meanwhile")

    assert sorted(names_at(remote, "main")) == sorted(f"image-{number}" for number in range(MANY))
    assert requested(remote) == {f"Enroll image-{n}": f"user:default/caller-{n}" for n in range(MANY)}
    assert [subject for subject in reversed(remote.log()) if subject.startswith("State")] == [
        f"State {number + 1}" for number in range(states)
    ]
    assert remote.read("state/images/x.yaml") == f"count: {states}\n"
    commits = remote.git("rev-list", "--grep=^Enroll ", "main").split()
    sampled = commits[:: MANY // 20]
    assert [len(names_at(remote, commit)) for commit in sampled] == list(range(MANY, 0, -MANY // 20))


def test_a_kill_leaves_whole_commits_alone(server: GitServer, tmp_path: Path) -> None:
    """What was acknowledged is there, every commit is whole, and the next process goes on with the same checkout."""
    url, remote = remote_of(server)
    module = "tests.provider.config_repo.entry_commits.many_callers"
    command = [sys.executable, "-m", module, url, str(tmp_path / "config-web"), "0", "60"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(15)]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.read().split()
    assert process.returncode == -signal.SIGKILL

    enroll_all(url, tmp_path / "config-web", range(100, 103))
    names = names_at(remote, "main")
    assert set(acknowledged) <= set(names)
    assert len(names) == len(set(names))
    assert {"image-100", "image-101", "image-102"} <= set(names)
    assert requested(remote) == {f"Enroll {name}": f"user:default/caller-{name.partition('-')[2]}" for name in names}
    for commit in remote.git("rev-list", "--grep=^Enroll ", "main").split()[::5]:
        names_at(remote, commit)
