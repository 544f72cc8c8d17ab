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
        (f"""echo '{{"Username": "ci", "Secret": "{TEXT}"}}'; exit 3""", Refused),
        ("echo token $REGISTRY_TOKEN is wrong; exit 3", Refused),
        (f"echo {TEXT}", Garbage),
        (f"""echo '["{TEXT}"]'""", Garbage),
        (f"""echo '{{"Username": 5, "Secret": "{TEXT}"}}'""", Garbage),
    ],
)
def test_a_failed_helper_is_named_without_a_secret(tmp_path: Path, script: str, error: type[OutsideFailure]) -> None:
    """The message for an exit code or invalid output names the program and the server, and shows no secret."""
    environ = {"PATH": "/usr/bin:/bin", "REGISTRY_TOKEN": TEXT}
    with pytest.raises(error, match=r"docker-credential-test.*r\.example\.com") as caught:
        ask_program(program_of(tmp_path, script), "r.example.com", environ)
    assert TEXT not in str(caught.value)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo no AWS credentials found; exit 1", "exit code 1 (no AWS credentials found);"),
        ("echo; echo '  two   words '; echo more; exit 1", "exit code 1 (two words);"),
        ("echo only here >&2; exit 2", "exit code 2 (only here);"),
        ("echo first; echo second >&2; exit 2", "exit code 2 (first);"),
        ("printf 'a\\033[31mred\\n'; exit 1", "exit code 1 (a [31mred);"),
        ("echo 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz'; exit 1", "(Authorization: Bearer ***)"),
        ("echo ghp_abcdefghijklmnopqrstuvwxyz0123 expired; exit 1", "(*** expired)"),
        ("exit 4", "exit code 4;"),
        ("i=0; while [ $i -lt 500 ]; do printf 1234567890; i=$((i+1)); done; exit 1", f"({'1234567890' * 20}"[:197]),
    ],
)
def test_the_first_line_of_a_failed_helper_is_passed_on(tmp_path: Path, script: str, words: str) -> None:
    """Cleaned and cut, from its output or else from its errors."""
    with pytest.raises(Refused) as caught:
        ask_program(program_of(tmp_path, script), "r.example.com", {"PATH": "/usr/bin:/bin"})

    assert words in str(caught.value)
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()


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
