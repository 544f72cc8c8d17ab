"""Adding, changing and removing entries in the text of a file."""

import contextlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provider.config_repo.enrollments.edits import (
    add_entry,
    adding,
    remove_entry,
    removing,
    replace_entry,
    replacing_entry,
)
from provider.config_repo.enrollments.entry_text import written
from provider.config_repo.enrollments.files import read_enrollments
from provider.domain.enrollment import Build, Enrollment
from provider.errors import EditRefused, NameNotFound, NameTaken
from tests.provider.config_repo.entries import enrollment, enrollments

FILE = """\
# The platform team's images.

- name: backstage   # the portal
  registry: "ghcr.io"
  repository: acme/backstage
  source:
      provider: github
      repo: acme/portal

      # why this branch
      branch: main   # b
      workflow: backstage.yml
  rebuildDelay: 168h  # a week
  # frozen until the migration
  autoRebuild: false
  platforms:
    - linux/amd64   # p
    - linux/arm64
    # more soon

# the database
- name: db
  registry: ghcr.io
  repository: acme/db
  description: |+
    # not a comment

    text

-
  name: odd
  registry: ghcr.io
  repository: acme/odd
  rebuildDealy: 3d   # a typo, which does not stop the others
# the end
"""


def found(text: str) -> dict[str, Enrollment]:
    """The enrollments in a file, by name."""
    return {one.enrollment.name: one.enrollment for one in read_enrollments({"images.yaml": text}).valid}


def test_a_new_entry_comes_at_the_end() -> None:
    """All bytes before it stay the same."""
    text = add_entry(FILE, enrollment("new", tag="1.10"))

    assert text == FILE + '\n- name: new\n  registry: ghcr.io\n  repository: acme/new\n  tag: "1.10"\n'


@pytest.mark.parametrize("text", [None, "", "[]\n"])
def test_the_first_entry_creates_the_file(text: str | None) -> None:
    """A missing file, an empty file and an empty list give the same result."""
    assert adding(enrollment("a"))(text) == "- name: a\n  registry: ghcr.io\n  repository: acme/a\n"


def test_a_change_edits_only_the_changed_keys() -> None:
    """Changed values, removed keys and a new key are edited; everything else stays, with its comments."""
    was = found(FILE)["backstage"]
    assert was.source is not None
    now = replace(
        was,
        rebuild_delay=timedelta(days=3),
        auto_rebuild=True,
        source=replace(was.source, branch=None),
        build=Build("gitlab", project="acme/portal"),
    )
    expected = (
        FILE.replace("168h  # a week", "3d    # a week")
        .replace("  autoRebuild: false\n", "")
        .replace("      branch: main   # b\n      workflow: backstage.yml\n", "")
        .replace("    # more soon\n", "    # more soon\n  build:\n      system: gitlab\n      project: acme/portal\n")
    )

    assert replacing_entry("backstage", now)(FILE) == expected


@pytest.mark.parametrize("file", ["images.yaml", "images.d/team-a.yaml"])
@pytest.mark.parametrize("name", ["db", "database"])
def test_an_entry_of_any_file_can_be_changed(file: str, name: str) -> None:
    """An enrollment has the path of its file, and the text has not."""
    now = replace(found(FILE)["db"], name=name, title="Database", file=file)

    assert found(replace_entry(FILE, "db", now))[name] == replace(now, file="images.yaml")
    assert replace_entry(FILE, "db", replace(found(FILE)["db"], file=file)) == FILE


@pytest.mark.parametrize("file", ["images.yaml", "images.d/team-a.yaml"])
def test_an_entry_in_brackets_can_be_changed_in_any_file(file: str) -> None:
    """Such a file is written as a whole."""
    text = "[{name: a, registry: ghcr.io, repository: acme/a}]\n"
    now = replace(found(text)["a"], title="A", file=file)

    assert found(replace_entry(text, "a", now))["a"] == replace(now, file="images.yaml")


def test_an_unchanged_meaning_is_not_rewritten() -> None:
    """A written default, another unit and a long build stay as they are."""
    text = (
        "- name: a\n  registry: ghcr.io\n  repository: acme/a\n  tag: latest  # default\n  rebuildDelay: 168h\n"
        "  source: {provider: github, repo: acme/a}\n"
        "  build: {system: github-actions, workflow: a.yml}  # long\n"
    )
    was = found(text)["a"]

    assert replace_entry(text, "a", was) == text
    assert replace_entry(text, "a", replace(was, build=Build("github-actions", workflow="b.yml"))) == text.replace(
        "a.yml", "b.yml"
    )


def test_an_invalid_entry_can_be_corrected() -> None:
    """The unknown key is removed."""
    text = replace_entry(FILE, "odd", enrollment("odd"))

    assert found(text)["odd"] == enrollment("odd")
    assert "rebuildDealy" not in text
    assert text.startswith(FILE[: FILE.index("-\n  name: odd")])


def test_only_the_removed_entry_is_gone() -> None:
    """The comment above it stays, because it may be about more entries."""
    start, end = FILE.index("- name: db"), FILE.index("-\n  name: odd")

    assert removing("db")(FILE) == FILE[:start] + FILE[end - 1 :]


def test_the_last_entry_can_be_removed_and_another_one_added() -> None:
    """A file without entries stays a valid file."""
    text = remove_entry(add_entry("# ours\n", enrollment("a")), "a")

    assert text == "# ours\n"
    assert found(add_entry(text, enrollment("b"))) == {"b": enrollment("b")}


def test_the_name_of_an_entry_can_be_changed() -> None:
    """The entry stays in its place."""
    assert replace_entry(FILE, "db", replace(found(FILE)["db"], name="database")) == FILE.replace(
        "name: db", "name: database"
    )


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("- &x {name: a, registry: ghcr.io, repository: acme/a}\n- *x\n", None),
        (
            "[{name: a, registry: ghcr.io, repository: acme/a}, {name: b}]\n",
            "[{name: a, registry: ghcr.io, repository: acme/a}]\n",
        ),
        ("- name: b\n  x: &y 1\n- name: a\n  x: *y\n", "- name: a\n  x: &y 1\n"),
        ("- name: b\n  d: |+\n    x\n\n# c\n- name: a\n", "# c\n- name: a\n"),
    ],
)
def test_an_entry_is_removed_only_if_the_others_keep_their_meaning(text: str, edited: str | None) -> None:
    """Entries in brackets or with anchors are removed where the others keep their meaning; otherwise it is refused."""
    if edited is None:
        with pytest.raises(EditRefused):
            remove_entry(text, "a")
    else:
        assert remove_entry(text, "b") == edited


@pytest.mark.parametrize(
    ("edit", "error", "words"),
    [
        (lambda: add_entry(FILE, enrollment("odd")), NameTaken, "odd is enrolled in this file already"),
        (lambda: replace_entry(FILE, "db", enrollment("odd")), NameTaken, "odd is enrolled in this file already"),
        (lambda: replace_entry(FILE, "gone", enrollment("gone")), NameNotFound, "gone is not enrolled in this file"),
        (lambda: remove_entry(FILE, "gone"), NameNotFound, "gone is not enrolled in this file"),
        (lambda: remove_entry(None, "gone"), NameNotFound, "gone is not enrolled in this file"),
        (lambda: remove_entry("- name: a\n- name: a\n", "a"), EditRefused, "more than once"),
        (lambda: add_entry("- [", enrollment("a")), EditRefused, "line 2: this is not YAML"),
        (lambda: add_entry("# c\na: 1\n", enrollment("a")), EditRefused, "line 2: the file is not a list"),
        (lambda: add_entry("# " + "x" * 1024 * 1024 + "\n", enrollment("a")), EditRefused, "1 MiB"),
        (lambda: add_entry("# " + "x" * (1024 * 1024 - 9) + "\n", enrollment("a")), EditRefused, "1 MiB"),
        (lambda: add_entry("{name: a}\n", enrollment("a")), EditRefused, "not a list"),
    ],
)
def test_an_edit_that_is_not_possible_is_refused(edit: Callable[[], str], error: type[EditRefused], words: str) -> None:
    """Nothing is written, and the message names the entry or the line."""
    with pytest.raises(error, match=words):
        edit()


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[Enrollment]]:
    """A file with comments, blank lines and CRLF, and its entries."""
    entries = draw(st.lists(enrollments, max_size=4, unique_by=(lambda one: one.name, lambda one: str(one.reference))))
    between = st.sampled_from(["", "", "\n", "# a comment\n", "\n# - name: commented\n", "\n\n#odd\n"])
    margin = draw(st.sampled_from(["", "  "]))
    blocks = [draw(between)]
    for entry in entries:
        lines = written(entry.to_document()).splitlines(keepends=True)
        blocks.append(
            f"{margin}- {lines[0]}" + "".join(f"{margin}  {line}" if line.strip() else line for line in lines[1:])
        )
        blocks.append(draw(between))
    text = "".join(blocks)
    assume(list(found(text).values()) == entries)
    return text.replace("\n", "\r\n") if draw(st.booleans()) and "\r" not in text else text, entries


@given(files(), enrollments)
def test_an_added_entry_is_found_and_all_lines_stay(file: tuple[str, list[Enrollment]], new: Enrollment) -> None:
    """For every file, its text is the beginning of the new text."""
    text, entries = file
    assume(new.name not in {one.name for one in entries})
    edited = add_entry(text, new)

    assert [*found(edited).values()] == [*entries, *([new] if new.name in found(edited) else [])]
    assert edited.startswith(text)
    assert remove_entry(edited, new.name).rstrip("\r\n") == text.rstrip("\r\n")


@given(files(), enrollments, st.data())
def test_a_changed_entry_is_found_and_the_other_lines_stay(
    file: tuple[str, list[Enrollment]], new: Enrollment, data: st.DataObject
) -> None:
    """For every file, the text above and below the entry is the same."""
    text, entries = file
    assume(entries)
    index = data.draw(st.integers(0, len(entries) - 1))
    changed = replace(new, name=entries[index].name, repository=entries[index].repository)
    edited = replace_entry(text, changed.name, changed)
    starts = [found.start() for found in re.finditer(r"(?m)^ *- name: ", text)]

    assert edited.startswith(text[: starts[index]])
    assert found(edited)[changed.name] == changed
    if index + 1 < len(entries):
        assert edited.endswith(text[starts[index + 1] :])
    else:
        assert len(found(edited)) == len(entries)


@given(files(), st.data())
def test_a_removed_entry_is_gone_and_the_other_lines_stay(
    file: tuple[str, list[Enrollment]], data: st.DataObject
) -> None:
    """For every file, only lines of the entry and blank lines are removed."""
    text, entries = file
    assume(entries)
    removed = data.draw(st.sampled_from(entries))
    edited = remove_entry(text, removed.name)

    assert [*found(edited).values()] == [one for one in entries if one is not removed]
    kept = [line for line in text.splitlines() if line.strip().startswith("#")]
    assert [line for line in edited.splitlines() if line.strip().startswith("#")] == kept or "#" in str(
        removed.to_document()
    )


@given(st.text() | st.text(alphabet="-:#[]{}&*!|>'\" \nname"), enrollments)
def test_any_text_is_edited_correctly_or_refused(text: str, new: Enrollment) -> None:
    """No text raises another error, and the new text has the entry."""
    with contextlib.suppress(EditRefused):
        assert found(add_entry(text, new))[new.name] == new
    with contextlib.suppress(EditRefused):
        assert "a" not in found(remove_entry(text, "a"))
    with contextlib.suppress(EditRefused):
        assert found(replace_entry(text, "a", new))[new.name] == new
