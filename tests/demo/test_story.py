"""`make demo` shows the whole story."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from demo import __main__ as program
from demo.chapters import Unexpected
from demo.narration import Narrator
from demo.story_world import StoryWorld
from tests.demo.conftest import ROOT, KeptDemo

_LONGEST = 120
_IN_ORDER = (
    "== A person pushes two enrollments",
    "== A team enrolls a third image, api, by the API",
    "POST /api/v1/images?dryRun=true: 200",
    "nothing is committed; it would add 10 lines to images.yaml:",
    "- name: api ... owner: group:default/platform",
    "depends on debian:12: docker.io/library/debian:12@",
    "checked source.dockerfile, source.workflow, repository: 0 errors, 0 warnings",
    "POST /api/v1/images: 201",
    "commit: Enroll api",
    "== A developer changes the Dockerfile of api",
    "POST /webhooks/github: 202",
    "after the webhook, api depends on busybox:1.36",
    "== Upstream publishes a new node:22",
    "POST /webhooks/docker-hub/SECRET: 202",
    "after the webhook, node-22 is at ",
    "dispatch base, rebuild",
    "dispatch portal, rebuild",
    "== Upstream fixes CVE-2026-12345 in node:22",
    "GET /api/v1/images/node-22/impact?emergency=true: 200",
    "1. base: built from node-22",
    "2. portal: built from base",
    "POST /api/v1/images/node-22/rebuilds with emergency and CVE-2026-12345: 202",
    "dispatch base, rebuild",
    "dispatch portal, rebuild",
    "base: emergency rebuild",
    "portal: emergency rebuild",
    "rebuilt, parents first: base, portal, base, portal; each once for each change: yes",
    "api, built from debian:12, was not rebuilt: yes",
)


def test_the_demo_shows_its_story_in_order(kept: KeptDemo) -> None:
    """It enrolls by git and API, reacts to webhooks, and rebuilds parents first, within two minutes."""
    assert kept.seconds < _LONGEST
    rest = kept.output
    for part in _IN_ORDER:
        assert part in rest, f"{part!r} is missing after what came before, in:\n{kept.output}"
        rest = rest.partition(part)[2]
    assert "a-secret-of-the-senders" not in kept.output


def test_the_readme_shows_what_the_demo_prints(kept: KeptDemo) -> None:
    """Each line of the README is one of the demo, apart from times, digests, ids and ports."""
    (shown,) = re.findall(r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    printed = {_without_numbers(line) for line in kept.output.splitlines()}

    assert len(shown.splitlines()) > 10
    assert [line for line in shown.splitlines() if _without_numbers(line) not in printed] == []


def _without_numbers(line: str) -> str:
    return re.sub(r"\b[0-9a-f]{12}\b|\d+", "#", line).strip()


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    """The demo ends with 1, and says which program is missing."""
    environment = {key: value for key, value in os.environ.items() if key != "KEEP"} | {"PATH": str(tmp_path)}
    command = [sys.executable, "-m", "demo"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_LONGEST, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "docker-registry" in ended.stderr


@pytest.mark.parametrize("error", [Unexpected("base was not rebuilt"), TimeoutError("base was not rebuilt")])
def test_what_is_not_as_expected_ends_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    """It returns 1 with the reason and the end of the log of the service, and does not stay."""

    def fail(_world: StoryWorld, _narrator: Narrator) -> None:
        raise error

    (tmp_path / "service.log").write_text("one\nthe last line\n")
    world = SimpleNamespace(folder=tmp_path, url="u", config_url="c", registry=SimpleNamespace(url="r"))
    monkeypatch.setattr(program, "CHAPTERS", [fail])
    monkeypatch.setenv("KEEP", "1")

    assert program._play(cast("StoryWorld", world)) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("\nbase was not rebuilt. The end of the log")
    assert shown.endswith("the last line\n")
