"""Each example of configuration and code in docs/backstage.md is a part of what `backstage/` itself uses.

A comment above an example names its source: `<!-- from backstage/app-config.yaml: proxy -->` is the lines between
`docs: proxy` and `docs: end` in that file, or a key of a JSON file. Without a name it is the whole file.
"""

import json
import re
import textwrap
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "backstage.md"
CODE = frozenset({"javascript", "js", "json", "jsx", "ts", "tsx", "typescript", "yaml", "yml"})
_BLOCK = re.compile(
    r"(?:^<!-- from (?P<path>\S+?)(?:: (?P<region>\S+))? -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r"\s*(?:#|//) docs: (\S+)")


@dataclass(frozen=True, slots=True)
class Snippet:
    """An example: its language, its text, and the file and region that it says it comes from."""

    kind: str
    text: str
    path: str | None
    region: str | None


def snippets(document: str) -> list[Snippet]:
    """All fenced examples of a document."""
    found = _BLOCK.finditer(document)
    return [Snippet(block["kind"], block["text"], block["path"], block["region"]) for block in found]


def wrong(snippet: Snippet, root: Path) -> str | None:
    """What is wrong with an example; None if it is like its source."""
    if snippet.path is None:
        return f"has no source: {snippet.text!r}" if snippet.kind in CODE else None
    file = root / snippet.path
    if not file.is_file():
        return f"{snippet.path} is not a file"
    text = file.read_text(encoding="utf-8")
    try:
        source = region(text, snippet.region, file.suffix) if snippet.region else text
    except LookupError:
        return f"{snippet.path} has no region {snippet.region}"
    same = json.loads(snippet.text) == json.loads(source) if file.suffix == ".json" else snippet.text == source
    return None if same else f"{snippet.path}: {snippet.region} is:\n{source}"


def region(text: str, name: str, suffix: str) -> str:
    """The part of a source that a document shows.

    Args:
        text: the source.
        name: a key of a JSON object, else what the comment above the part says.
        suffix: of the file. YAML is shown below the keys that contain it, code without its indentation.

    Raises:
        LookupError: there is no such part.
    """
    if suffix == ".json":
        return json.dumps({name: json.loads(text)[name]})
    lines = text.splitlines(keepends=True)
    marks = [(number, mark[1]) for number, line in enumerate(lines) if (mark := _MARK.match(line))]
    for (first, start), (last, end) in pairwise(marks):
        if (start, end) == (name, "end"):
            part = lines[first + 1 : last]
            above = _parents(lines[:first], part[0]) if suffix == ".yaml" else []
            return textwrap.dedent("".join(above + part))
    raise LookupError(name)


def _parents(before: list[str], line: str) -> list[str]:
    """The keys above a line that contain it, the outermost first."""
    found: list[str] = []
    for each in reversed(before):
        if each.strip() and not each.lstrip().startswith("#") and _indent(each) < _indent(line):
            found.insert(0, each)
            line = each
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


SNIPPETS = snippets(GUIDE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: f"{snippet.path}-{snippet.region}")
def test_each_example_of_the_guide_is_what_backstage_uses(snippet: Snippet) -> None:
    """It is copied from the file that it names; configuration and code without a source fail."""
    assert wrong(snippet, ROOT) is None


def test_every_fence_of_the_guide_is_found() -> None:
    """An example in a list or with options beside its language would not be compared."""
    fences = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.lstrip().startswith("```")]

    assert len(SNIPPETS) > 10
    assert len(fences) == 2 * len(SNIPPETS)


def test_every_marked_part_is_in_the_guide() -> None:
    """A comment that marks a part without an example has no use."""
    files = (path for kind in ("yaml", "ts", "tsx") for path in _sources(kind))
    marked = {
        (path.relative_to(ROOT).as_posix(), mark[1])
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if (mark := _MARK.match(line)) and mark[1] != "end"
    }

    assert len(marked) > 6
    assert marked - {(snippet.path, snippet.region) for snippet in SNIPPETS} == set()


def _sources(kind: str) -> list[Path]:
    folders = ("packages/app/src", "packages/backend/src", "catalog")
    return [
        *(ROOT / "backstage").glob(f"*.{kind}"),
        *(path for each in folders for path in (ROOT / "backstage" / each).rglob(f"*.{kind}")),
    ]


@pytest.mark.parametrize("kind", sorted(CODE))
def test_code_without_a_source_is_wrong(kind: str) -> None:
    """Whoever adds an example also names where it is used."""
    (snippet,) = snippets(f"Text\n\n```{kind}\na: 1\n```\n")

    assert "no source" in (wrong(snippet, ROOT) or "")


@pytest.mark.parametrize("kind", ["", "text", "console"])
def test_other_examples_need_no_source(kind: str) -> None:
    """Output and commands are no configuration."""
    (snippet,) = snippets(f"```{kind}\nnpm pack\n```\n")

    assert wrong(snippet, ROOT) is None


@pytest.mark.parametrize(
    ("suffix", "source", "shown"),
    [
        ("yaml", "a: 1\nb:\n  c: 2\n  # docs: part\n  d: {e: 3}\n  # docs: end\n", "b:\n  d: {e: 3}\n"),
        ("yaml", "# docs: part\na:\n  b: 1\n# docs: end\nc: 2\n", "a:\n  b: 1\n"),
        ("yaml", "a:\n  b:\n    - 1\n    # docs: part\n    - 2\n    # docs: end\n", "a:\n  b:\n    - 2\n"),
        ("tsx", "f({\n  // docs: part\n  one,\n  two,\n  // docs: end\n});\n", "one,\ntwo,\n"),
        ("json", '{"part": {"a": 1}, "b": 2}', '{\n  "part": {"a": 1}\n}\n'),
    ],
)
def test_a_part_is_compared_with_the_example(tmp_path: Path, suffix: str, source: str, shown: str) -> None:
    """The same text is right; another text, a part that is not there and a missing file are wrong."""
    (tmp_path / f"source.{suffix}").write_text(source)

    def judged(path: str, region: str, text: str) -> str:
        (snippet,) = snippets(f"<!-- from {path}: {region} -->\n```{suffix}\n{text}```\n")
        return wrong(snippet, tmp_path) or "right"

    assert judged(f"source.{suffix}", "part", shown) == "right"
    assert "part is:" in judged(f"source.{suffix}", "part", "{}\n")
    assert "has no region other" in judged(f"source.{suffix}", "other", shown)
    assert "is not a file" in judged(f"missing.{suffix}", "part", shown)


def test_a_whole_file_is_compared_with_the_example(tmp_path: Path) -> None:
    """Without a region, all of the file is shown."""
    (tmp_path / "all.ts").write_text("one();\n")

    assert wrong(Snippet("ts", "one();\n", "all.ts", None), tmp_path) is None
    assert wrong(Snippet("ts", "two();\n", "all.ts", None), tmp_path) is not None


def test_every_picture_of_the_guide_is_there() -> None:
    """`make pictures` makes them from the real pages."""
    named = re.findall(r"\]\((pictures/[\w-]+\.png)\)", GUIDE.read_text("utf-8"))

    assert len(named) >= 4
    assert [name for name in named if not (GUIDE.parent / name).is_file()] == []
