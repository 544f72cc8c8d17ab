"""Tests of `image-factory validate`."""

from pathlib import Path

import pytest

from provider.__main__ import main
from provider.builds import table as builds
from provider.commands import validate
from provider.sources import table as sources

ENTRY = """- name: backstage
  registry: ghcr.io
  repository: acme/backstage
  rebuildDelay: {delay}
"""


def test_each_problem_is_one_line(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It has file, line, entry, field, what is wrong and what to write; the exit code is 1."""
    (workplace / "images.yaml").write_text("# a comment\n" * 8 + ENTRY.format(delay="7x"), encoding="utf-8")

    assert main(["validate"]) == 1
    line = "images.yaml:12: backstage: rebuildDelay: '7x' is not a duration; write for example 12h, 7d or 2w\n"
    assert capsys.readouterr() == (line, "")


def test_a_valid_folder_prints_nothing(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is 0."""
    folder = workplace / "config"
    folder.mkdir()
    (folder / "images.yaml").write_text(ENTRY.format(delay="7d"), encoding="utf-8")

    assert main(["validate", "config"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_missing_folder_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the folder and says what to pass."""
    assert main(["validate", "nowhere"]) == 1
    assert (
        capsys.readouterr().err == "nowhere is not a folder; pass the folder of a checkout of the config repository\n"
    )


UNSUPPORTED = """- name: portal
  registry: ghcr.io
  repository: acme/portal
  source:
    provider: gitlab
    repo: acme/portal
    dockerfile: [Dockerfile, app/Dockerfile.j2.prod]
  build:
    system: webhook
    url: https://ci.example.org/hook
- name: tools
  registry: ghcr.io
  repository: acme/tools
  source: {provider: github, repo: acme/tools}
"""


@pytest.fixture
def _few_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables without GitLab and webhooks."""
    monkeypatch.setattr(sources, "SOURCES", [kind for kind in sources.SOURCES if kind.provider != "gitlab"])
    monkeypatch.setattr(builds, "BUILD_SYSTEMS", [kind for kind in builds.BUILD_SYSTEMS if kind.system != "webhook"])


@pytest.mark.usefixtures("_few_kinds")
def test_what_the_service_cannot_do_is_a_warning(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With file, line, entry and field, after the problems; the exit code is 0 without a problem."""
    (workplace / "images.yaml").write_text(UNSUPPORTED, encoding="utf-8")

    assert main(["validate"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "images.yaml:5: portal: warning: source.provider: gitlab is not supported yet, so no Dockerfile is read; "
        "supported: github, git"
    )
    assert lines[1].startswith(
        "images.yaml:7: portal: warning: source.dockerfile[1]: app/Dockerfile.j2.prod is a template "
    )
    assert lines[2].startswith("images.yaml:9: portal: warning: build.system: webhook is not supported yet, so ")
    never = "there is no build, so the image is never rebuilt; add source.workflow, or build"
    assert lines[3:] == [f"images.yaml:14: tools: warning: source: {never}"]

    (workplace / "images.yaml").write_text(UNSUPPORTED + ENTRY.format(delay="7x"), encoding="utf-8")
    assert main(["validate"]) == 1
    assert capsys.readouterr().out.splitlines()[1:] == lines


@pytest.mark.usefixtures("_few_kinds")
def test_a_line_in_a_table_ends_the_warning(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The kinds are those of the tables that the service itself uses."""
    source, build = type("Source", (), {"provider": "gitlab"}), type("Builds", (), {"system": "webhook"})
    monkeypatch.setattr(sources, "SOURCES", [*sources.SOURCES, source])
    monkeypatch.setattr(builds, "BUILD_SYSTEMS", [*builds.BUILD_SYSTEMS, build])
    (workplace / "images.yaml").write_text(UNSUPPORTED, encoding="utf-8")

    assert main(["validate"]) == 0
    assert "supported" not in capsys.readouterr().out


def test_the_common_kinds_are_in_the_tables() -> None:
    """The tables are imported only where an entry needs another kind."""
    assert set(validate.COMMON.providers) <= {kind.provider for kind in sources.SOURCES}
    assert set(validate.COMMON.systems) <= {kind.system for kind in builds.BUILD_SYSTEMS}


def test_a_condition_of_a_teams_entry_is_a_note(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With file, line, entry and field; the exit code is 0."""
    (workplace / "images.d").mkdir()
    source = "  source:\n    provider: github\n    repo: acme/app\n"
    entry = f"- name: app\n  registry: ghcr.io\n  repository: acme/app\n{source}"
    (workplace / "images.d" / "a.yaml").write_text(f"{entry}    workflow: build.yml\n", encoding="utf-8")

    assert main(["validate"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("images.d/a.yaml:6: app: note: source.repo: its workflow runs are shown only with a rule; ")
    assert second.startswith("images.d/a.yaml:7: app: note: source.workflow: build.yml is started only if it declares ")
