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
    text = f"ARG B=base\nFROM node@{DIGEST} AS build\nFROM --platform=arm64 ghcr.io/acme/$B\nENV a=b c\nFROM $N\n"
    Path("Dockerfile").write_text(text, encoding="utf-8")

    assert main(["discover", "Dockerfile", "--format", "json"]) == 0
    common = {"kind": "from", "role": "unused"}
    assert printed(capsys) == [
        {
            "file": "Dockerfile",
            "references": [
                common
                | {"image": "docker.io/library/node", "reference": f"node@{DIGEST}", "written": f"node@{DIGEST}"}
                | {"tag": None, "digest": DIGEST, "stage": "build", "stageIndex": 0, "line": 2, "platforms": []},
                common
                | {"image": "ghcr.io/acme/base", "reference": "ghcr.io/acme/base", "written": "ghcr.io/acme/$B"}
                | {
                    "tag": None,
                    "digest": None,
                    "stage": None,
                    "stageIndex": 1,
                    "line": 3,
                    "platforms": ["linux/arm64"],
                },
            ],
            "unresolved": [{"name": "N", "line": 5}],
            "warnings": [
                {
                    "line": 4,
                    "message": "not understood: 'c' has no '='; ENV takes name=value; "
                    "the images of other lines are watched",
                }
            ],
            "error": None,
        }
    ]


def test_an_error_in_one_file_does_not_hide_the_others(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All files are printed, and the exit code is 1."""
    Path("bad").write_text("FROM a\nFROM\n", encoding="utf-8")
    Path("good").write_text("FROM a\n", encoding="utf-8")

    assert main(["discover", "bad", "missing", "good", "--format", "json"]) == 1
    bad, missing, good = printed(capsys)
    assert bad["error"].startswith("line 2: FROM takes")
    assert missing["error"] == "cannot be read: No such file or directory"
    assert (good["error"], good["references"][0]["reference"]) == (None, "a")


def test_build_arguments_are_used(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A value may contain an equals sign, be empty or very long; without a value the name is unresolved."""
    Path("Dockerfile").write_text("ARG NODE\nARG OTHER\nFROM node:${NODE}\n", encoding="utf-8")

    assert main(["discover", "Dockerfile", "--format", "json"]) == 0
    assert printed(capsys)[0]["unresolved"] == [{"name": "NODE", "line": 3}]
    assert main(["discover", "Dockerfile", "--build-arg", "OTHER=a=b", "--build-arg", "NODE=22", "--format=json"]) == 0
    assert printed(capsys)[0]["references"][0]["tag"] == "22"
    for value in ("", "x" * 1500, "x" * 2_000_000, "\x00\n\udcff", "-----BEGIN\nEND-----", "$NODE", "${"):
        assert main(["discover", "Dockerfile", "--build-arg", f"NODE={value}", "--format=json"]) == 0
        assert printed(capsys)[0]["unresolved"] == [{"name": "NODE", "line": 3}]
    assert main(["discover", "Dockerfile", "--build-arg", "BUILDKIT_SYNTAX=a/b:1", "--format=json"]) == 0
    assert printed(capsys)[0]["references"][0]["reference"] == "a/b:1"


def test_the_build_can_be_described(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The target decides the roles; platforms are given one by one or with commas, and expand variables."""
    text = "FROM base-$TARGETARCH AS x\nFROM node AS y\nCOPY --from=x a b\nFROM last\n"
    Path("Dockerfile").write_text(text, encoding="utf-8")
    platforms = ["--platform", "linux/arm64,linux/amd64", "--platform=linux/arm/v7"]

    assert main(["discover", "Dockerfile", "--target", "Y", *platforms, "--format=json"]) == 0
    (document,) = printed(capsys)
    assert [(found["reference"], found["role"], found["platforms"]) for found in document["references"]] == [
        ("base-arm64", "stage", ["linux/arm64"]),
        ("base-amd64", "stage", ["linux/amd64"]),
        ("base-arm", "stage", ["linux/arm/v7"]),
        ("node", "final", ["linux/arm64", "linux/amd64", "linux/arm/v7"]),
        ("last", "unused", ["linux/arm64", "linux/amd64", "linux/arm/v7"]),
    ]
    assert main(["discover", "Dockerfile", "--target", "z"]) == 1
    assert "Dockerfile:1: no stage is named 'z'; the stages are x, y" in capsys.readouterr().out


@pytest.mark.parametrize("platform", ["nonsense", "", "linux/arm64,", "a/b/c/d", "linux/arm64, linux/amd64"])
def test_a_platform_that_cannot_be_is_bad_usage(
    workplace: Path, capsys: pytest.CaptureFixture[str], platform: str
) -> None:
    """No file is read."""
    assert main(["discover", "Dockerfile", "--platform", platform]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("--platform: ")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("FROM a\n", (0, 0)),
        ("FROM a\nENV a=b c\n", (0, 0)),
        ("FROM $A\n", (0, 1)),
        ("FROM a\nCOPY --from=$A b c\n", (0, 1)),
        ("# syntax=a/b\nname: x\n", (0, 1)),
        ("FROM\n", (1, 1)),
    ],
)
def test_strict_is_for_what_is_not_known(workplace: Path, text: str, codes: tuple[int, int]) -> None:
    """Without it only an error is one; a warning never is."""
    Path("Dockerfile").write_text(text, encoding="utf-8")

    assert (main(["discover", "Dockerfile"]), main(["discover", "Dockerfile", "--strict"])) == codes


def test_text_is_for_people(
    workplace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the name of the file, a line for each reference, and lines that editors can jump to."""
    text = b"ARG T\nFROM node:22 AS build\nFROM foo:$T\nCOPY --from=docker.io/library/a:1 b c\nENV a=b c\nFROM x:$U\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    Path("none").write_text("FROM scratch\n", encoding="utf-8")
    Path("bad").write_text("FROM a\nFROM\n", encoding="utf-8")

    assert main(["discover", "-", "none", "bad", "lost\udcff", "--platform=linux/arm64"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "-:",
        "  line 2: node:22 = docker.io/library/node:22 (from, unused, linux/arm64) in stage build",
        "  line 4: docker.io/library/a:1 (copy-from, unused, linux/arm64) in stage 1",
        "-:3: the image is not known without a value for T. Pass --build-arg T=VALUE.",
        (
            "-:6: the image is not known without a value for U. BuildKit reads a name that no ARG declares as empty; "
            "declare ARG U before the first FROM."
        ),
        "-:5: warning: not understood: 'c' has no '='; ENV takes name=value; the images of other lines are watched",
        "none:",
        "  depends on no images",
        "bad:",
        "bad:2: FROM takes an image, or an image, AS and a name",
        "lost\\udcff:",
        "lost\\udcff: cannot be read: No such file or directory",
    ]


@pytest.mark.parametrize("file", ["/dev/zero", "large", "-"])
def test_no_more_is_read_than_a_dockerfile_can_have(
    workplace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """A device that never ends, a large file and a long standard input end with a message."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"#" * 2_000_000)))
    Path("large").write_bytes(b"#" * 2_000_000)

    assert main(["discover", file]) == 1
    assert f"{file}:1: the file has more than 1048576 bytes" in capsys.readouterr().out


def test_an_interrupt_ends_it_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C during reading of standard input prints no traceback and ends with the shell's usual exit code."""

    class Interrupted(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Interrupted()))
    assert main(["discover", "-"]) == 130
    assert capsys.readouterr() == ("", "")
