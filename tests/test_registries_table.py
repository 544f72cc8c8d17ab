"""Tests of the table of docs/registries.md: its words are fixed, its tests exist, and no known registry is missing."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from proxy.cloud.acr import is_azure_registry
from proxy.cloud.ecr import amazon_registry
from proxy.cloud.gar import is_google_registry
from proxy.github.container_credentials import container_host
from proxy.registries.known_hosts import KNOWN_HOSTS
from proxy.registries.realms import KNOWN_REALMS
from proxy.registries.table import REGISTRIES
from proxy.versions.table import PRODUCTS, VERSION_SOURCES
from tests.contracts.hosted_registries import DIALECTS, Dialect

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "registries.md").read_text("utf-8").partition("## What is tested")[2]
COLUMNS = ("anonymous", "static", "helper", "cloud identity", "token server elsewhere")
WORDS = {"digests", "versions", "dates"}
WITHOUT_TESTS = {"not needed", "not tested", "not supported"}
_GROUP = re.compile(r"((?:[a-z]+(?:, )?)+) \(([A-Z]\d)\)(?:, |$)")
_MARK = re.compile(r"^\| ([A-Z]\d) \| `(tests/[\w/]+\.py)::(test_\w+)` \|", re.MULTILINE)
_HOST = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Row:
    """One registry.

    Attributes:
        name: with its hosts.
        cells: by column.
        remedy: what to do where something is not there.
    """

    name: str
    cells: Mapping[str, str]
    remedy: str

    @property
    def hosts(self) -> list[str]:
        """Its hosts; `*` stands for any text."""
        return _HOST.findall(self.name)

    def marks(self, column: str) -> Iterator[tuple[set[str], str]]:
        """What is read that way, with the mark of its test."""
        for words, mark in _GROUP.findall(self.cells[column]):
            yield set(words.split(", ")), mark


def rows() -> list[Row]:
    """The rows of the first table."""
    lines = [line for line in TEXT.partition("\n\n|")[2].partition("\n\n")[0].splitlines() if line]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert tuple(found[0][1:6]) == COLUMNS
    return [Row(name, dict(zip(COLUMNS, cells, strict=True)), remedy) for name, *cells, remedy in found[2:]]


ROWS = rows()
MARKS = {mark: (path, test) for mark, path, test in _MARK.findall(TEXT)}


def _examples(row: Row) -> list[str]:
    """A host for each of its patterns."""
    return [host.replace("*.dkr", "123456789012.dkr").replace("*", "eu-west-1") for host in row.hosts]


def rows_of(host: str) -> list[Row]:
    """The rows that name a host; without one, those with a pattern of hosts for it."""
    exact = [row for row in ROWS if host in row.hosts]
    return exact or [row for row in ROWS if any(fnmatchcase(host, each) for each in row.hosts)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_cell_has_words_of_the_fixed_set(row: Row) -> None:
    """What works has a test; what is not supported has a remedy."""
    for cell in row.cells.values():
        groups = _GROUP.findall(cell)
        if cell in WITHOUT_TESTS:
            assert cell != "not supported" or row.remedy
            continue
        assert "".join(f"{words} ({mark}), " for words, mark in groups).removesuffix(", ") == cell
        for words, mark in groups:
            assert set(words.split(", ")) <= WORDS
            assert mark in MARKS


def test_each_mark_has_a_test_and_is_used() -> None:
    """A test that was renamed is renamed here too."""
    used = {mark for row in ROWS for mark in re.findall(r"\(([A-Z]\d)\)", f"{row.cells} {row.remedy}")}
    assert used == set(MARKS)
    for path, test in MARKS.values():
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, (path, test)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.host)
def test_a_row_says_of_a_hosted_registry_what_its_tests_say(dialect: Dialect) -> None:
    """Its cells have the marks of the tests that run for it, and no other row does."""
    if dialect.host.endswith(".corp.example"):
        return
    (row,) = rows_of(dialect.host)
    expected = {"anonymous": dialect.anonymous, "static": bool(dialect.realm), "helper": bool(dialect.realm)}
    for number, (column, runs) in enumerate(expected.items(), 1):
        assert (f"H{number}" in {mark for _, mark in row.marks(column)}) is runs
    # Artifactory has both kinds.
    if "jfrog" not in dialect.host:
        assert bool(list(row.marks("token server elsewhere"))) is dialect.elsewhere


def test_every_known_registry_has_its_row() -> None:
    """The hosts of each table in the product."""
    known = [known.pattern for known in KNOWN_HOSTS] + list(KNOWN_REALMS)
    assert [host for host in known if not rows_of(host)] == []
    named = [host for row in ROWS for host in _examples(row)]
    for serves in (*(kind.serves for kind in REGISTRIES), *(kind.serves for kind in VERSION_SOURCES)):
        assert any(serves(host) for host in named), serves
    for issues in (amazon_registry, is_google_registry, is_azure_registry):
        assert any(issues(host) and row.marks("cloud identity") for row in ROWS for host in _examples(row))
    assert rows_of(container_host("https://api.github.com"))


@pytest.mark.parametrize("product", PRODUCTS, ids=str)
def test_every_product_with_an_api_of_its_own_has_dates(product: object) -> None:
    """Its row says so, wherever it is hosted."""
    name = product.__name__.removesuffix("Tags")  # type: ignore[attr-defined]  # they are classes
    found = [row for row in ROWS if name in row.name.partition(":")[0]]
    assert found
    assert all(any("dates" in words for words, _ in row.marks("static")) for row in found)
