"""Tests of import and export of tracked repositories."""

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.transfer import InvalidTransfer, TransferEntry
from provider.tracker.decisions.transfer_csv import csv_of, entries_of_csv
from provider.tracker.decisions.transfer_list import entries_of_list
from provider.tracker.decisions.transfer_yaml import entries_of_yaml, yaml_of
from provider.tracker.decisions.wanted import AnnouncedVersions, ListSource, Prereleases, WantedVersions

_URLS = ("acme/app", "https://gitlab.com/a/b.git", "git@git.example.org:x/y.git", "ghcr.io/acme/app", "node", "A/B")
words = st.text(st.characters(codec="utf-8"), max_size=20)
lines = words.filter(lambda text: bool(text.strip()) and text.isprintable())
names = lines | st.sampled_from(["=1+1", "'=x", "@a", "-"])
notes = words | st.sampled_from(["=cmd|'/c calc'!A0", "'", "''+x", "a\r\nb", "\tx", "null", "1.0", "yes", "  x "])
expressions = st.sampled_from(["", "^v", "=1", "a|b", "^helm-chart-[0-9]+$"])
wanted = st.builds(
    WantedVersions,
    st.sampled_from(TagForm),
    st.none() | st.sampled_from(ListSource),
    expressions,
    expressions,
    st.sampled_from(Prereleases),
    st.sampled_from(AnnouncedVersions),
)
labels = st.lists(st.sampled_from(["ours", "team:a", "-x", "1.0"]), unique=True).map(tuple)
entry = st.builds(
    TransferEntry,
    names,
    st.sampled_from(_URLS).map(parse_address),
    notes,
    wanted,
    labels,
    st.sampled_from(["", "1.0", "=2", "v1.2.3"]),
)
entries = st.lists(entry, unique_by=lambda one: one.key).map(tuple)


@given(entries)
def test_tracker_an_import_of_an_export_gives_the_same_repositories(given_entries: tuple[TransferEntry, ...]) -> None:
    """Any names and notes survive an export and an import, as CSV and as YAML."""
    assert entries_of_csv(csv_of(given_entries)) == given_entries
    assert entries_of_yaml(yaml_of(given_entries)) == given_entries


@given(entries)
def test_no_cell_is_a_formula(given_entries: tuple[TransferEntry, ...]) -> None:
    """A spreadsheet does not evaluate any cell of an export."""
    cells = [cell for row in csv.reader(io.StringIO(csv_of(given_entries), newline="")) for cell in row]
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r", "-")) for cell in cells)


def test_tracker_all_problems_of_a_table_have_their_line() -> None:
    """Each problem has its line and a correction, also after a cell with a line break."""
    text = 'url;name;notes\nacme/app;;"two\nlines"\njavascript:alert(1);x;\nacme/b;c\n\nACME/app;;\n'

    with pytest.raises(InvalidTransfer) as refused:
        entries_of_csv(text)
    assert [problem.line for problem in refused.value.problems] == [4, 5, 7]
    assert "the same repository and filter as in line 2" in str(refused.value)


@pytest.mark.parametrize("text", ["", "name,notes\n", "url,colour\nacme/app,red\n", "url,url\n", 'url\n"acme/app\n'])
def test_a_table_with_wrong_columns_is_refused(text: str) -> None:
    """An unknown or missing column is a problem of the first line."""
    with pytest.raises(InvalidTransfer, match="line "):
        entries_of_csv(text)


def test_a_table_of_a_spreadsheet_is_accepted() -> None:
    """A byte order mark and blank lines are ignored, and an empty cell has the default value."""
    (one,) = entries_of_csv("\ufeffurl,type\r\nacme/app,container\r\n,\r\n")

    assert (one.name, one.address.path, one.wanted.tag_form) == ("app", "docker.io/acme/app", TagForm.SEMVER)


def test_tracker_all_problems_of_a_document_have_their_line() -> None:
    """Unknown keys, invalid values and values that are no text have their line."""
    text = """\
repositories:
  - url: acme/app
    colour: red
  - url: "javascript:alert(1)"
    type: svn
    tagForm: none
  - [1]
  - url: {a: b}
  - notes: x
"""
    with pytest.raises(InvalidTransfer) as refused:
        entries_of_yaml(text)
    assert sorted({problem.line for problem in refused.value.problems}) == [3, 4, 7, 8, 9]


@pytest.mark.parametrize("text", ["", "[]", "repositories: 1", "a: b", "repositories: [", "\0", "[" * 5000])
def test_a_document_with_invalid_syntax_is_refused(text: str) -> None:
    """The problem has the line, and no other exception is raised."""
    with pytest.raises(InvalidTransfer, match="line 1"):
        entries_of_yaml(text)


EMPTY_ADDRESS = "url: the address is empty; write for example"
NO_LIST = "no repositories found; write `repositories:` followed by a list of mappings that have a url"
FIELD_NAMES = "use name, type, url, notes, tagForm"


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ('url,name\n:,"a\nb"\n', ["line 2: name: a name must be one line", "line 2: url: "]),
        ('url,name\nacme/app,"a\nb"\n', ["line 2: name: a name must be one line"]),
        ("name,url\napp,\n", [f"line 2: {EMPTY_ADDRESS}"]),
        (f"url,notes\nacme/app,{'n' * 10_001}\n", ["line 2: notes: notes must have at most 10000 characters"]),
        (
            f"url,type,tagForm\nacme/app,{'t' * 41},{'f' * 41}\n",
            [
                f"line 2: type: '{'t' * 40}' is not one of its values; write github, git, container, or omit it",
                f"line 2: tagForm: '{'f' * 40}' is not one of its values; write {', '.join(TagForm)}, or omit it",
            ],
        ),
        (f"url,{'c' * 41}\n", [f"line 1: '{'c' * 40}' is not a known field; {FIELD_NAMES}"]),
        ('url,"a;b"\n', [f"line 1: 'a;b' is not a known field; {FIELD_NAMES}"]),
        ("name\n", ["line 1: the first line must name the columns, including url; for example name,type,url,notes,"]),
        ("url\nacme/app,x\n", ["line 2: 2 cells for 1 columns; quote cells that contain commas"]),
        ('url\n"acme/app', ["line 2: invalid CSV: unexpected end of data"]),
    ],
)
def test_each_problem_of_a_table_says_what_to_write(text: str, messages: list[str]) -> None:
    """And its line; a text from the table is cut to 40 characters."""
    with pytest.raises(InvalidTransfer) as refused:
        entries_of_csv(text)

    problems = str(refused.value).split("\n")
    assert problems == [str(problem) for problem in refused.value.problems]
    assert len(problems) == len(messages)
    assert all(problem.startswith(message) for problem, message in zip(problems, messages, strict=True))


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("# nothing\n[]", [f"line 2: {NO_LIST}"]),
        ("repositories:\n- [1]\n", ["line 2: this item is not a mapping; write `repositories:` followed by a list"]),
        ("repositories:\n- url: acme/app\n  url: acme/b\n", ["line 3: url occurs twice"]),
        (
            "repositories:\n- url: acme/app\n  notes: {a: b}\n",
            ["line 3: notes must be a single text value"],
        ),
        ("repositories:\n- url: acme/app\n  colour: red\n", [f"line 3: 'colour' is not a known field; {FIELD_NAMES}"]),
        ("repositories:\n- notes: x\n", [f"line 2: {EMPTY_ADDRESS}"]),
        (
            "repositories:\n- url: acme/app\n- url: ACME/app\n",
            ["line 3: url: the same repository and filter as in line 2; remove"],
        ),
        ("a: b\nc: [", ["line 2: invalid YAML: "]),
        ("\0", ["line 1: invalid YAML: it has forbidden characters"]),
    ],
)
def test_each_problem_of_a_document_says_what_to_write(text: str, messages: list[str]) -> None:
    """And its line."""
    with pytest.raises(InvalidTransfer) as refused:
        entries_of_yaml(text)

    problems = [str(problem) for problem in refused.value.problems]
    assert len(problems) == len(messages)
    assert all(problem.startswith(message) for problem, message in zip(problems, messages, strict=True))


def test_a_document_is_written_for_people_to_read() -> None:
    """In the order of the fields, with quotes and escapes only where YAML needs them."""
    (one,) = entries_of_csv("url,notes\nacme/app,Übersicht\n")

    assert yaml_of([one]) == (
        "repositories:\n"
        "- name: app\n"
        "  type: github\n"
        "  url: https://github.com/acme/app\n"
        "  notes: Übersicht\n"
        "  tagForm: any\n"
    )


@pytest.mark.parametrize("line_break", ["\r", "\n", "\r\n", "\x85", "\u2028", "\u2029"])
def test_every_line_break_in_notes_comes_back(line_break: str) -> None:
    """PyYAML reads some of them as spaces unless they are escaped."""
    given_entries = (TransferEntry("app", parse_address("acme/app"), f"a{line_break}b", WantedVersions(TagForm.ANY)),)

    assert entries_of_yaml(yaml_of(given_entries)) == given_entries
    assert entries_of_csv(csv_of(given_entries)) == given_entries


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
def test_a_table_may_end_its_lines_as_any_system_does(line_end: str) -> None:
    """Also if a cell below the header has the other separator."""
    text = line_end.join(["url;name", 'acme/app;"a, b"', "acme/b;c", ""])

    assert [entry.name for entry in entries_of_csv(text)] == ["a, b", "c"]


def test_what_is_omitted_or_null_has_its_default() -> None:
    """The name is the one in the address, notes are empty, and the tag form is that of the type."""
    url = "https://ghe.example.org/acme/app"
    for entries_found in (
        entries_of_csv("url\nacme/app\n", github_site="https://ghe.example.org"),
        entries_of_yaml("repositories: [{url: acme/app}]", github_site="https://ghe.example.org"),
        entries_of_yaml("repositories: [{url: acme/app, name: null, notes: ~}]", github_site="https://ghe.example.org"),
    ):
        (one,) = entries_found
        assert (one.name, one.notes, one.wanted.tag_form, one.address.url) == ("app", "", TagForm.ANY, url)


@pytest.mark.parametrize("line", ["t,https://github.com/acme/tool", "t,no address", "t,", "=,="])
@pytest.mark.parametrize("count", [5_000, 200_000])
def test_reading_ends_after_a_thousand_problems(line: str, count: int) -> None:
    """A text of megabytes with one mistake in every line is refused within seconds of processor time."""
    started = time.process_time()
    with pytest.raises(InvalidTransfer) as caught:
        entries_of_csv("name,url\n" + f"{line}\n" * count)

    assert time.process_time() - started < 4
    assert len(caught.value.problems) == 1_001
    assert "too many problems; correct the others first" in caught.value.problems[-1].message


def test_an_import_has_at_most_ten_thousand_repositories() -> None:
    """Each takes a millisecond in the database; the limit itself is valid, and the message says what to do."""
    rows = [f"t,https://github.com/acme/tool-{number}\n" for number in range(10_001)]

    assert len(entries_of_csv("name,url\n" + "".join(rows[:-1]))) == 10_000
    with pytest.raises(InvalidTransfer, match="line 10002: more than 10000 repositories; import them in several"):
        entries_of_csv("name,url\n" + "".join(rows))


def test_tracker_a_plain_list_of_addresses_is_imported() -> None:
    """One address per line; blank lines, comments and a byte order mark are left out."""
    text = "\ufeff# ours\r\nhttps://github.com/acme/app\r\n\r\n  ghcr.io/acme/b   # b\n\tnode\ngit@git.org:x/y"

    assert [one.address.path for one in entries_of_list(text)] == [
        "acme/app",
        "ghcr.io/acme/b",
        "docker.io/library/node",
        "git.org/x/y",
    ]
    assert entries_of_list("# nothing\n\n") == ()


@given(st.lists(st.sampled_from(["", "  ", "# a", "#acme/b", *_URLS, "acme/app # twice"])))
def test_a_plain_list_has_each_address_once_or_names_the_lines(written: list[str]) -> None:
    """Whatever is between the addresses, a second line with one of them is a problem with both lines."""
    first: dict[str, int] = {}
    twice: dict[int, int] = {}
    for number, line in enumerate(written, 1):
        if address := line.partition("#")[0].strip():
            key = parse_address(address).key
            if key in first:
                twice[number] = first[key]
            first.setdefault(key, number)
    if not twice:
        assert [one.address.key for one in entries_of_list("\n".join(written))] == list(first)
        return
    with pytest.raises(InvalidTransfer) as refused:
        entries_of_list("\n".join(written))
    assert {each.line: int(each.message.split("line ")[1].split(";")[0]) for each in refused.value.problems} == twice


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not an address", "the address has a space"),
        ("https://user:secret@example.org/a.git", "the address contains credentials"),
        ("https://github.com/acme/app#readme", "the address is not one of a repository of this type"),
        ("acme/app,ours", "the address is not a repository in a container registry"),
        ("ghcr.io/acme/app:1.2", "the address has a tag or a digest"),
    ],
)
def test_a_wrong_line_of_a_plain_list_is_named(line: str, message: str) -> None:
    """The problem says what is wrong with the address, without secrets."""
    with pytest.raises(InvalidTransfer) as refused:
        entries_of_list(f"# list\nnode\n{line}\n")
    (problem,) = refused.value.problems
    assert problem.line == 3
    assert problem.message.startswith(f"url: {message}")
    assert "secret" not in problem.message


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("owner", "rename it to labels, or remove it"),
        ("tags", "rename it to labels, or remove it"),
        ("full_name", "rename it to url"),
        ("html_url", "rename it to url"),
        ("description", "rename it to notes, or remove it"),
        ("current_version", "rename it to deployedVersion, or remove it"),
        ("stars", "remove it: polls find the releases"),
        ("Latest", "remove it: polls find the releases"),
    ],
)
def test_tracker_a_column_of_another_tool_has_an_answer(column: str, message: str) -> None:
    """The problem says what becomes of it here, in a table and in a document."""
    expected = f"'{column}' is not a field of tracked repositories; {message}. The fields are name, type, url"
    with pytest.raises(InvalidTransfer) as refused:
        entries_of_csv(f"url,{column}\nacme/app,x\n")
    assert str(refused.value).startswith(f"line 1: {expected}")
    with pytest.raises(InvalidTransfer) as refused:
        entries_of_yaml(f"repositories:\n- url: acme/app\n  {column}: x\n")
    assert str(refused.value).startswith(f"line 3: {expected}")
