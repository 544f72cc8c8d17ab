"""Tests of the image: its contents, and that it works without privileges and with one writable folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path, PurePosixPath

import pytest

from tests.image.container import IMAGE, Container, image_document, podman
from tests.peers.fixtures import peers_installed
from tests.peers.process import PeerFailed, wait_until

pytestmark = pytest.mark.image
_STATES = """
import glob
print(*(open(path).read().rsplit(")", 1)[1].split()[0] for path in glob.glob("/proc/[0-9]*/stat")))
"""

ROOT = Path(__file__).parents[2]
LEFT_OUT = ("tests", "docs", "demo", "bench", "scripts", ".git")
COMPILERS = {"cc", "gcc", "g++", "c++", "clang", "ld", "as", "make", "rustc", "cargo", "go"}
_WRITE = """
import errno, sys
for path in sys.argv[1:]:
    try:
        open(path, "w").close()
        print("written")
    except OSError as error:
        print(errno.errorcode[error.errno])
"""


@pytest.fixture(scope="module")
def service() -> Iterator[Container]:
    """The service in its container, for tests that only read."""
    with peers_installed(), Container() as running:
        yield running


@pytest.fixture(scope="module")
def files() -> list[PurePosixPath]:
    """The path of every file and folder in the image."""
    with peers_installed(), mounted_image() as root:
        return [
            PurePosixPath("/", Path(folder, name).relative_to(root))
            for folder, folders, names in os.walk(root)
            for name in (*folders, *names)
        ]


@contextmanager
def mounted_image() -> Iterator[Path]:
    """The folder in which the files of the image are mounted."""
    try:
        yield Path(podman("image", "mount", IMAGE))
    finally:
        podman("image", "unmount", IMAGE)


def status_of_first_process(service: Container) -> dict[str, str]:
    """The status of the first process in the container (proc(5), /proc/pid/status)."""
    lines = service.execute("cat", "/proc/1/status").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def test_it_has_no_privileges(service: Container) -> None:
    """It runs as a numeric user without capabilities, cannot gain any, and its system calls are filtered."""
    status = status_of_first_process(service)

    assert set(status["Uid"].split()) == set(status["Gid"].split()) == {"10001"}
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


def test_it_writes_only_to_its_volume(service: Container) -> None:
    """Everything but /data is read-only, and the service stores its files in /data."""
    wait_until(lambda: service.get("/readyz").ok, "the worker should end a round")
    places = ("/probe", "/etc/probe", "/var/lib/probe", "/opt/image-factory/probe", "/data/probe")
    written = service.execute("python3", "-c", _WRITE, *places).split()

    assert written == ["EROFS"] * 4 + ["written"]
    assert {"config", "image-factory.db", "jobs.db"} <= set(service.execute("ls", "/data").split())
    assert service.execute("stat", "--format=%u %a", "/data") == "10001 700"


def test_its_health_check_succeeds(service: Container) -> None:
    """The health check of the image succeeds while the service answers."""
    assert podman("healthcheck", "run", service.name) == ""


def test_its_health_check_fails() -> None:
    """The health check fails if the service listens on another port."""
    with (
        peers_installed(),
        Container("serve", "--host=0.0.0.0", "--port=9099", serves=9099) as elsewhere,
        pytest.raises(PeerFailed, match="healthcheck ended with status 1"),
    ):
        podman("healthcheck", "run", elsewhere.name)


def test_it_is_alive_and_ready(service: Container) -> None:
    """Both probes answer without a token after the first round of the worker."""
    wait_until(lambda: service.get("/readyz", token=None).ok, "the worker should end a round")

    assert service.get("/healthz", token=None).json() == {"status": "alive"}
    assert service.get("/readyz", token=None).json()["ready"] is True


def test_it_serves_only_callers_with_a_token(service: Container) -> None:
    """Other requests are 401."""
    assert service.get("/api/v1/images", token=None).status_code == 401
    assert service.get("/api/v1/images", token="wrong").status_code == 401

    answer = service.get("/api/v1/images")
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_tracker_the_container_serves_its_list(service: Container) -> None:
    """The list of tracked repositories is empty at first."""
    answer = service.get("/api/v1/repositories")
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_without_tokens_it_refuses_to_start() -> None:
    """It listens for other machines, so it requires authentication, and says which setting is missing."""
    with (
        peers_installed(),
        pytest.raises(PeerFailed, match=r"status 1\n.*set IMAGE_FACTORY_API_TOKENS"),
        Container(settings={"IMAGE_FACTORY_API_TOKENS": ""}),
    ):
        pytest.fail("it serves callers without a token")


def test_it_ends_on_sigterm() -> None:
    """It ends within ten seconds, with status 0."""
    with peers_installed(), Container() as service:
        wait_until(lambda: service.get("/readyz").ok, "the worker should end a round")

        assert service.stop(seconds=10) == 0, service.log()


def test_its_first_process_is_an_init(service: Container) -> None:
    """It passes signals on, and ends what a process left behind, such as the children of a killed git."""
    assert service.execute("cat", "/proc/1/comm") == "tini"
    orphan = "import os, time; os.fork() or (os.fork() or time.sleep(0.2), os._exit(0)); os.wait()"
    service.execute("python3", "-c", orphan)

    wait_until(lambda: "Z" not in service.execute("python3", "-c", _STATES).split(), "no zombie should be left")


def test_it_has_the_files_it_needs(files: list[PurePosixPath]) -> None:
    """The command, the three packages and git are in it, so the next tests check a complete list."""
    names = {str(path) for path in files}
    packages = {path.name for path in files if path.parent.name == "site-packages"}

    assert {"/opt/image-factory/bin/image-factory", "/usr/bin/git", "/usr/bin/ssh", "/data"} <= names
    assert {"provider", "proxy", "catalog"} <= packages


def test_it_has_nothing_else_of_the_project(files: list[PurePosixPath]) -> None:
    """It has no tests, documents or history."""
    parts = [ROOT / part for part in LEFT_OUT if part != ".git"]
    # Other packages have a tests/__init__.py too, and the compiled one of it.
    named = [path for part in parts for path in part.rglob("*.*") if path.name.partition(".")[0] != "__init__"]
    in_project = {path.relative_to(ROOT).as_posix() for path in named}
    tails = {"/".join(path.parts[at:]) for path in files for at, part in enumerate(path.parts) if part in LEFT_OUT}

    assert "tests/image/test_image.py" in in_project
    assert in_project & tails == set()
    assert ".git" not in tails
    assert not {path.name for path in files} & {"Dockerfile", ".dockerignore"}


def test_it_cannot_build(files: list[PurePosixPath]) -> None:
    """It has no compiler, no make and no pip."""
    programs = {path.name for path in files if path.parent.name in {"bin", "sbin"}}

    assert "git" in programs
    assert programs & COMPILERS == set()
    assert PurePosixPath("/opt/image-factory/bin/pip") not in files


def test_it_has_labels() -> None:
    """Labels name the project, its version and the commit; the command does not start in a shell."""
    with peers_installed():
        config = image_document()["Config"]

    prefix = "org.opencontainers.image."
    assert config["Labels"][f"{prefix}title"] == "Image Factory"
    assert config["Labels"][f"{prefix}version"] == version("image-factory")
    assert config["Labels"][f"{prefix}revision"] != ""
    assert config["Entrypoint"] == ["tini", "--", "image-factory"]
    assert config["StopSignal"] in {"SIGTERM", "15"}
