"""Docker's credential helpers."""

from pathlib import Path

import pytest

from proxy.errors import Garbage, OutsideFailure, Refused, Unavailable
from proxy.secrets import credential_programs
from proxy.secrets.credential_programs import ask_program, find_program

TEXT = "hunter2-do-not-print"


def program_of(folder: Path, script: str) -> str:
    """The path of a helper's program."""
    program = folder / "docker-credential-test"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_only_plain_names_are_looked_for(tmp_path: Path) -> None:
    """A name that contains a path finds no program; an installed helper is found in the PATH of its environment."""
    program = program_of(tmp_path, "true")

    assert find_program("test", {"PATH": str(tmp_path)}) == program
    assert find_program("test", {}) is None
    assert find_program(f"../{tmp_path.name}/test", {"PATH": str(tmp_path)}) is None


def test_the_helper_gets_the_server_and_the_environment(tmp_path: Path) -> None:
    """The helper is run with `get`, the server on its standard input."""
    script = """read server; echo "{\\"Username\\": \\"$1 $server $EXTRA\\", \\"Secret\\": \\"s\\"}" """
    answer = ask_program(program_of(tmp_path, script), "r.example.com", {"PATH": "/usr/bin:/bin", "EXTRA": "more"})

    assert answer == ("get r.example.com more", "s")


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (f"echo {TEXT} >&2; exit 3", Refused),
        (f"echo {TEXT}", Garbage),
        (f"""echo '["{TEXT}"]'""", Garbage),
        (f"""echo '{{"Username": 5, "Secret": "{TEXT}"}}'""", Garbage),
    ],
)
def test_a_failed_helper_is_named_without_its_output(tmp_path: Path, script: str, error: type[OutsideFailure]) -> None:
    """The message for an exit code or invalid output names the program and the server, and shows no output."""
    with pytest.raises(error, match=r"docker-credential-test.*r\.example\.com") as caught:
        ask_program(program_of(tmp_path, script), "r.example.com", {"PATH": "/usr/bin:/bin"})
    assert TEXT not in str(caught.value)


def test_a_silent_helper_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A helper that exceeds the time limit is stopped, and its output is not shown."""
    monkeypatch.setattr(credential_programs, "TIMEOUT_SECONDS", 0.5)
    program = program_of(tmp_path, f"echo {TEXT}; exec sleep 300")
    with pytest.raises(Unavailable, match=r"docker-credential-test.*r\.example\.com") as caught:
        ask_program(program, "r.example.com", {"PATH": "/usr/bin:/bin"})
    assert TEXT not in str(caught.value)


def test_a_helper_that_does_not_start_is_unavailable(tmp_path: Path) -> None:
    """A program that does not start is a transient failure."""
    with pytest.raises(Unavailable, match="absent"):
        ask_program(str(tmp_path / "absent"), "r.example.com", {})


def test_an_empty_secret_is_none(tmp_path: Path) -> None:
    """A helper that returns an empty secret has no credentials for the server."""
    program = program_of(tmp_path, """echo '{"Username": "ci", "Secret": ""}'""")

    assert ask_program(program, "r.example.com", {"PATH": "/bin"}) is None
