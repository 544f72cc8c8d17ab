"""The files of enrollments."""

import json
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.enrollments import files
from provider.config_repo.enrollments.entry import load_entry
from provider.config_repo.enrollments.files import read_enrollments
from provider.domain.enrollment import Enrollment
from provider.yaml_lines import YamlDocument, read_yaml
from tests.provider.config_repo.entries import documents, entry

BACKSTAGE = """\
# the portal
- name: backstage
  registry: ghcr.io
  repository: acme/backstage
  rebuildDelay: 7d
"""


def file(*entries: object) -> str:
    """A file of entries; JSON is YAML."""
    return "".join(f"- {json.dumps(entry, ensure_ascii=False)}\n" for entry in entries)


def messages(files: dict[str, str]) -> list[str]:
    """The problems as people read them."""
    return [str(problem) for problem in read_enrollments(files).problems]


def test_an_entry_has_its_path_and_line() -> None:
    """Path and line are those of the entry."""
    (enrolled,) = read_enrollments({"images.yaml": BACKSTAGE}).valid

    assert (enrolled.enrollment.name, enrolled.path, enrolled.line) == ("backstage", "images.yaml", 2)


def test_a_problem_reads_as_documented() -> None:
    """A problem has the file, the line of the field, the name, the field, and what to write."""
    assert messages({"images.yaml": "\n" * 7 + BACKSTAGE.replace("7d", "7x")}) == [
        "images.yaml:12: backstage: rebuildDelay: '7x' is not a duration; write for example 12h, 7d or 2w"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a: b: c\n", "images.yaml:1: this is not YAML: mapping values are not allowed in this context"),
        ("\nname: a\n", "images.yaml:2: this is not a list; write entries that begin with '- name:'"),
        ("text\n", "images.yaml:1: this is not a list; write entries that begin with '- name:'"),
        ("- text\n", "images.yaml:1: must be a mapping of keys to values"),
        ("- registry: ghcr.io\n  repository: a/b\n", "images.yaml:1: name: is missing"),
        (
            "- name: Backstage\n  registry: ghcr.io\n  repository: a/b\n",
            "images.yaml:1: name: 'Backstage' is not a name; use a-z, 0-9 and '-', at most 63 characters",
        ),
        (
            BACKSTAGE + "  rebuildDealy: 7d\n",
            "images.yaml:6: backstage: rebuildDealy is not known; did you mean rebuildDelay?",
        ),
        (
            BACKSTAGE + "  source: {provider: github,\n    repo: acme/portal,\n    dockerfle: x}\n",
            "images.yaml:8: backstage: source: dockerfle is not known; did you mean dockerfile?",
        ),
        (
            BACKSTAGE + "  platforms:\n    - linux\n",
            "images.yaml:7: backstage: platforms[0]: 'linux' is not a platform",
        ),
        (BACKSTAGE.replace("ghcr.io", "[x]"), "images.yaml:3: backstage: registry: must be text, not a list"),
        (
            BACKSTAGE + "  platforms: linux/amd64\n",
            "images.yaml:6: backstage: platforms: must be a list, for example [linux/amd64]",
        ),
        (
            BACKSTAGE.replace("- name", "- &portal\n  name") + "- <<: *portal\n  name: billing\n",
            "images.yaml:7: billing: << is not known; merge keys are not supported; write the keys out in each entry",
        ),
        (
            BACKSTAGE + '  title: "Portal\n  description: text\n- name: billing\n',
            "images.yaml:6: this is not YAML: the quote that opens here is not closed",
        ),
        (BACKSTAGE + "  name: again\n", "images.yaml:6: backstage: 'name' is written twice; keep one"),
        (
            BACKSTAGE + "  title: !!binary aGk=\n",
            "images.yaml:6: backstage: title: the tag '!!binary' is not known here",
        ),
        ("!x [a]\n", "images.yaml:1: the tag '!x' is not known here"),
    ],
)
def test_each_problem_has_its_line(text: str, message: str) -> None:
    """A problem has the line of the nearest value that is written."""
    assert [found[: len(message)] for found in messages({"images.yaml": text})][:1] == [message]


def test_empty_files_are_valid() -> None:
    """Files with only comments are valid too."""
    read = read_enrollments({"images.yaml": "", "images.d/a.yaml": "# none yet\n", "images.d/b.yaml": "[]\n"})

    assert (read.valid, read.problems) == ((), ())


def test_an_invalid_entry_or_file_does_not_hide_others() -> None:
    """All other entries and files are read."""
    files = {
        "images.yaml": file(entry("a"), entry("b", tag=1), "text", entry("c")) + "- !x y\n",
        "images.d/broken.yaml": "- [",
        "images.d/team.yaml": file(entry("d")),
    }
    read = read_enrollments(files)

    assert [enrolled.enrollment.name for enrolled in read.valid] == ["a", "c", "d"]
    assert [(problem.path, problem.line, problem.name) for problem in read.problems] == [
        ("images.yaml", 2, "b"),
        ("images.yaml", 3, None),
        ("images.yaml", 5, None),
        ("images.d/broken.yaml", 2, None),
    ]


def test_files_are_read_in_a_fixed_order() -> None:
    """images.yaml is first, then the teams by name; the order of the mapping does not matter."""
    files = {f"images.d/{team}.yaml": file(entry(team)) for team in ("b", "a")} | {"images.yaml": file(entry("z"))}

    assert [(enrolled.enrollment.name, enrolled.enrollment.file) for enrolled in read_enrollments(files).valid] == [
        ("z", "images.yaml"),
        ("a", "images.d/a.yaml"),
        ("b", "images.d/b.yaml"),
    ]


def test_of_two_entries_with_one_name_the_first_is_valid() -> None:
    """The problem of the other one has the place of the first."""
    files = {"images.d/team.yaml": file(entry("a", "acme/other")), "images.yaml": file(entry("a"))}
    read = read_enrollments(files)

    assert [enrolled.path for enrolled in read.valid] == ["images.yaml"]
    assert messages(files) == [
        "images.d/team.yaml:1: a: name: a is the name of another image, at images.yaml:1; change or remove one of them"
    ]


def test_of_two_entries_for_one_image_the_first_is_valid() -> None:
    """Normalised references are compared."""
    first = {"name": "a", "registry": "docker.io", "repository": "library/node"}
    second = {"name": "b", "registry": "index.docker.io", "repository": "node", "tag": "latest"}

    (problem,) = read_enrollments({"images.yaml": file(first, second)}).problems
    assert (problem.line, problem.name, problem.field) == (2, "b", "repository")
    assert "docker.io/library/node:latest is enrolled as a, at images.yaml:1" in problem.message


def test_two_tags_of_one_repository_are_two_images() -> None:
    """Only the whole reference must be unique."""
    assert messages({"images.yaml": file(entry("a"), entry("b", "acme/a", tag="edge"))}) == []


@pytest.mark.parametrize("path", ["images.yml", "images.d/team.yml", "images.d/my team.yaml", "images.d/.hidden.yaml"])
def test_a_misnamed_file_of_enrollments_is_reported(path: str) -> None:
    """The problem says how to name the file."""
    (problem,) = read_enrollments({path: file(entry("a"))}).problems

    assert (problem.path, problem.name) == (path, None)
    assert "name it images." in problem.message


@pytest.mark.parametrize(
    "path", ["README.md", "policy.yaml", "state/images/a.yaml", "images.d/README.md", "other/images.yaml"]
)
def test_other_files_are_skipped(path: str) -> None:
    """A file that is not a file of enrollments causes no problem."""
    read = read_enrollments({path: file(entry("a"))})

    assert (read.valid, read.problems) == ((), ())


@given(st.text() | st.text(alphabet="-:#[]{}&*!|>'\" \nnameregistry"))
def test_any_text_is_entries_and_problems(text: str) -> None:
    """No text raises, and each problem is one printable line."""
    read = read_enrollments({"images.yaml": text, "images.d/team.yaml": file(entry("a"))})

    assert "a" in [enrolled.enrollment.name for enrolled in read.entries]
    assert all(str(problem).isprintable() for problem in read.problems)


@given(st.lists(documents(), max_size=6), st.lists(documents(), max_size=6))
def test_every_entry_is_valid_or_has_a_problem(first: list[object], second: list[object]) -> None:
    """The names and references of valid entries are unique, and every other entry has a problem."""
    read = read_enrollments({"images.yaml": file(*first), "images.d/team.yaml": file(*second)})
    names = [enrolled.enrollment.name for enrolled in read.valid]
    references = [enrolled.enrollment.reference for enrolled in read.valid]

    assert len(set(names)) == len(names) == len(set(references))
    assert len(read.valid) + len(read.problems) == len(first) + len(second)


@pytest.mark.parametrize("error", [RecursionError(), MemoryError(), KeyError("x"), ValueError("of a library")])
def test_an_unexpected_error_of_one_entry_or_file_hides_no_other(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """It is a problem with file and line; the message has no text of the entry."""

    def hostile_entry(value: object, http_hosts: Collection[str] = ()) -> Enrollment:
        if isinstance(value, dict) and value.get("name") == "evil":
            raise error
        return load_entry(value, http_hosts)

    def hostile_file(text: str) -> YamlDocument:
        if "bomb" in text:
            raise error
        return read_yaml(text)

    monkeypatch.setattr(files, "load_entry", hostile_entry)
    monkeypatch.setattr(files, "read_yaml", hostile_file)
    line = "- {{name: {0}, registry: ghcr.io, repository: acme/{0}}}\n"
    texts = {"images.yaml": line.format("evil") + line.format("good"), "images.d/a.yaml": "- bomb\n"}
    found = read_enrollments({**texts, "images.d/b.yaml": line.format("other")})

    assert [each.enrollment.name for each in found.valid] == ["good", "other"]
    kind = type(error).__name__
    assert [str(problem) for problem in found.problems] == [
        f"images.yaml:1: evil: internal error: {kind}; see the log",
        f"images.d/a.yaml:1: internal error: {kind}; see the log",
    ]
