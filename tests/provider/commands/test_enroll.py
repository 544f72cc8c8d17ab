"""Tests of `image-factory enroll`."""

import io
from pathlib import Path

import pytest

from provider.__main__ import main
from tests.provider.config_repo.repositories import Remote

ENTRIES = """\
# two entries
- name: one
  registry: 127.0.0.1:1
  repository: acme/one
- name: two
  registry: 127.0.0.1:1
  repository: acme/two
  file: images.d/a.yaml
"""


@pytest.fixture(name="remote")
def made_remote(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """The config repository of the command."""
    remote = Remote.make(workplace / "remote.git", {"images.yaml": "# ours\n"})
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_REPO", str(remote.folder))
    monkeypatch.setenv("IMAGE_FACTORY_INSECURE_REGISTRIES", "127.0.0.1:1")
    return remote


def test_each_entry_is_a_commit(remote: Remote, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The diff and the findings are printed; the same file again is refused for each entry."""
    (workplace / "new.yaml").write_text(ENTRIES)

    assert main(["enroll", "-f", "new.yaml"]) == 0
    out = capsys.readouterr().out
    assert "+++ b/images.yaml\n" in out
    assert "one: enrolled in commit " in out
    assert "; see 'image-factory status one' after its first check\n" in out
    assert "two: warning: registry: " in out
    assert sorted(remote.log())[1:] == ["Enroll one", "Enroll two"]
    assert "Requested-by: command-line:" in remote.git("log", "-1", "--format=%b")
    assert remote.read("images.d/a.yaml").startswith("- name: two\n")
    assert main(["enroll", "-f", "new.yaml"]) == 1
    err = capsys.readouterr().err
    assert "new.yaml:2: one is the name of another entry, in images.yaml" in err
    assert "new.yaml:5: two is the name of another entry" in err


def test_a_dry_run_commits_nothing(
    remote: Remote, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One entry without a list works too, from standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO("{name: one, registry: '127.0.0.1:1', repository: acme/one}\n"))
    before = remote.head()

    assert main(["enroll", "-f", "-", "--dry-run"]) == 0
    assert "+- name: one\n" in capsys.readouterr().out
    assert remote.head() == before


_ENTRY = "- name: one\n  registry: ghcr.io\n  repository: acme/one\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- name: One\n", ["new.yaml:1: name: 'One' is not a name", "new.yaml:1: registry: is missing"]),
        ("- [", ["new.yaml:2: cannot read the entries: "]),
        ("", ["new.yaml:1: entry: must be one entry"]),
        ("- 1\n", ["new.yaml:1: entry: must be one entry"]),
        ("name: a\nname: b\n", ["new.yaml:1: "]),
        (f"{_ENTRY}  rebuildDelay: 7x\n", ["new.yaml:4: rebuildDelay: '7x' is not a duration"]),
        (f"{_ENTRY}  sorce: {{}}\n", ["new.yaml:4: sorce: sorce is not known"]),
        (f"{_ENTRY}  source:\n    provider: github\n    repo: nobody\n", ["new.yaml:6: source.repo: "]),
        (f"# mine\n{_ENTRY}  platforms: [linux/amd64, x]\n", ["new.yaml:5: platforms"]),
        (None, ["new.yaml: cannot read the entries: No such file or directory\n"]),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    remote: Remote, workplace: Path, capsys: pytest.CaptureFixture[str], text: str | None, words: list[str]
) -> None:
    """Nothing is committed, and the exit code is 1."""
    before = remote.head()
    if text is not None:
        (workplace / "new.yaml").write_text(text)

    assert main(["enroll", "-f", "new.yaml"]) == 1
    err = capsys.readouterr().err
    assert [line for line in words if line not in err] == []
    assert remote.head() == before
