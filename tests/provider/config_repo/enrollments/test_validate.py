"""Tests of validating a checkout."""

from pathlib import Path

import pytest

from provider.config_repo.enrollments.validate import validate_folder

ENTRY = "- name: {name}\n  registry: ghcr.io\n  repository: acme/{name}\n"


def written(folder: Path, **files: bytes | str) -> Path:
    """The folder with files of these names and `.yaml`."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_a_checkout_without_problems_has_none(tmp_path: Path) -> None:
    """All three kinds of file are read, and other files are ignored."""
    policy = 'rules: [{files: images.d/team.yaml, sources: ["github:acme/*"]}]\n'
    written(tmp_path, images=ENTRY.format(name="a"), policy=policy, other="- [")
    written(tmp_path / "images.d", team=ENTRY.format(name="b"))

    assert validate_folder(tmp_path).problems == ()


def test_problems_of_all_files_are_reported(tmp_path: Path) -> None:
    """The problems of images.yaml are first, then those of the teams, then those of the policy."""
    written(tmp_path, images=ENTRY.format(name="a") + "  tag: 1\n", policy="- text\n")
    written(tmp_path / "images.d", team=ENTRY.format(name="a"), broken="- [")

    assert [f"{problem.path}:{problem.line}" for problem in validate_folder(tmp_path).problems] == [
        "images.yaml:4",
        "images.d/broken.yaml:2",
        "policy.yaml:1",
    ]


def test_a_folder_with_nothing_to_check_is_a_problem(tmp_path: Path) -> None:
    """A wrong folder is reported and does not pass as valid."""
    (problem,) = validate_folder(tmp_path).problems

    assert f"is in {tmp_path}" in problem.message


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"- name: a\n- \xff\n", 2, "UTF-8"),
        (b"- " + b"x" * (1024 * 1024), 1, "1 MiB"),
        (b"- " + "ä".encode() * (1024 * 1024), 1, "1 MiB"),
        (b"-  " + "ä".encode() * (1024 * 1024), 1, "1 MiB"),
    ],
)
def test_a_file_that_is_not_utf_8_is_a_problem(tmp_path: Path, content: bytes, line: int, words: str) -> None:
    """The line is that of the first wrong byte, and a large file is not read completely."""
    (problem,) = validate_folder(written(tmp_path, images=content)).problems

    assert (problem.path, problem.line) == ("images.yaml", line)
    assert words in problem.message


def test_a_file_that_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    """A folder or a broken link in place of a file is reported."""
    (tmp_path / "images.yaml").mkdir()
    (tmp_path / "images.d").mkdir()
    (tmp_path / "images.d" / "team.yaml").symlink_to("nowhere")

    assert [problem.path for problem in validate_folder(tmp_path).problems] == ["images.yaml", "images.d/team.yaml"]
