"""Tests of `image-factory discover`."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from provider.__main__ import main

DIGEST = "sha256:" + "a" * 64


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The JSON documents on standard output, one for each line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_is_as_documented(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There is one object for each file; tag and digest are null if they are not written."""
    Path("Dockerfile").write_text(f"FROM node@{DIGEST} AS build\nFROM ghcr.io/acme/base\nLABEL a=b\n", encoding="utf-8")

    assert main(["discover", "Dockerfile", "--format", "json"]) == 0
    common = {"kind": "from"}
    assert printed(capsys) == [
        {
            "file": "Dockerfile",
            "references": [
                common
                | {"image": "docker.io/library/node", "reference": f"node@{DIGEST}", "tag": None, "digest": DIGEST}
                | {"stage": "build", "stageIndex": 0, "line": 1, "role": "unused"},
                common
                | {"image": "ghcr.io/acme/base", "reference": "ghcr.io/acme/base", "tag": None, "digest": None}
                | {"stage": None, "stageIndex": 1, "line": 2, "role": "final"},
            ],
            "unresolved": [],
            "error": None,
        }
    ]


def test_an_error_in_one_file_does_not_hide_the_others(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All files are printed, and the exit code is 1."""
    Path("bad").write_text("FROM a\nFROM\n", encoding="utf-8")
    Path("good").write_text("FROM a\n", encoding="utf-8")

    assert main(["discover", "bad", "missing", ".", "good", "--format", "json"]) == 1
    bad, missing, folder, good = printed(capsys)
    assert bad["error"].startswith("line 2: FROM takes")
    assert missing["error"] == "cannot be read: No such file or directory"
    assert folder["error"] == "cannot be read: Is a directory"
    assert (good["error"], good["references"][0]["reference"]) == (None, "a")


def test_build_arguments_are_used(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A value may contain an equals sign; without a value the name is unresolved."""
    Path("Dockerfile").write_text("ARG NODE\nARG OTHER\nFROM node:${NODE}\n", encoding="utf-8")

    assert main(["discover", "Dockerfile", "--format", "json"]) == 0
    assert printed(capsys)[0]["unresolved"] == [{"name": "NODE", "line": 3}]
    assert main(["discover", "Dockerfile", "--build-arg", "OTHER=a=b", "--build-arg", "NODE=22", "--format=json"]) == 0
    assert printed(capsys)[0]["references"][0]["tag"] == "22"


def test_text_is_for_people(
    workplace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the name of the file, and a line for each reference and each missing value; `-` is standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"ARG T\nFROM node:22 AS build\nFROM foo:$T\n")))
    Path("none").write_text("FROM scratch\n", encoding="utf-8")

    assert main(["discover", "-", "none", "lost\udcff"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "-:",
        "  line 2: node:22 (from, unused) in stage build",
        "  line 3: the image is not known, because ARG T has no value; pass --build-arg T=VALUE",
        "none:",
        "  depends on no images",
        "lost\\udcff:",
        "  error: cannot be read: No such file or directory",
    ]


def test_an_interrupt_ends_it_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C during reading of standard input prints no traceback and ends with the shell's usual exit code."""

    class Interrupted(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Interrupted()))
    assert main(["discover", "-"]) == 130
    assert capsys.readouterr() == ("", "")
