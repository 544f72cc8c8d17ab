"""Tests of the SQL statements of the image index; its behaviour is in tests/contracts/test_image_index.py."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.dialects import sqlite

from catalog.image import Image, Status
from catalog.reference import ImageReference
from provider.ports import ImageFilter
from provider.store import image_replacement
from provider.store.engine import migrate, open_engine
from provider.store.image_queries import SORTS, facets_query, page_query
from provider.store.images import SqlImageIndex
from tests.databases import ON_SQLITE
from tests.provider.store.samples import DIGEST, NOW, base, full, managed


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements in the block with their parameters, without BEGIN."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Connection, _cursor: object, statement: str, parameters: object, _x: object, _many: bool) -> None:
        if not statement.startswith("BEGIN"):
            sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _many(count: int) -> list[Image]:
    return [managed(f"image-{number:05}", "node") for number in range(count)]


def _fragments(images: list[Image]) -> dict[str, str]:
    return {image.name: f"name: {image.name}\n" for image in images}


def _names_written(sent: list[tuple[str, Any]], beginning: str, column: int) -> list[str]:
    """The names in all rows that statements with this beginning wrote."""
    written = [parameters for statement, parameters in sent if statement.startswith(beginning)]
    # SQLAlchemy passes one row as a tuple and several rows as a list of tuples.
    return [row[column] for rows in written for row in (rows if isinstance(rows, list) else [rows])]


@ON_SQLITE
def test_one_changed_image_writes_one_row_and_one_fragment(engine: Engine) -> None:
    """One change among ten thousand images writes one row; no change is two reads and no write."""
    index = SqlImageIndex(engine)
    images = _many(10_000)
    fragments = _fragments(images)
    index.replace(images, fragments)
    tag = index.catalog_tag()

    with statements(engine) as idle:
        index.replace(images, fragments)
    images[7] = replace(images[7], status=Status.DUE)
    with statements(engine) as sent:
        index.replace(images, fragments | {images[7].name: "other"})

    assert [statement for statement, _ in idle if not statement.startswith(("SELECT", "UPDATE catalog_state"))] == []
    # The state and the fingerprints; the image, its fragment and the tag; its dependencies and CVEs, the old ones out
    # and the new ones in; who wrote it, and how many there are now.
    assert len(sent) <= 10
    assert _names_written(sent, "UPDATE images SET fragment", column=2) == [images[7].name]
    assert _names_written(sent, "INSERT INTO images", column=0) == [images[7].name]
    assert index.catalog_tag() != tag


def test_images_are_written_some_at_a_time(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are there afterwards, with their entities and histories, whatever their number is."""
    monkeypatch.setattr(image_replacement, "_AT_ONCE", 2)
    index, images = SqlImageIndex(engine), [base("node"), full(), *_many(3)]
    fragments = _fragments(images)
    written = index.replace(images, fragments)
    changed = [replace(image, status=Status.DUE) for image in images[1:4]]
    others = {image.name: "other\n" for image in changed}
    written = index.update(written, changed, others, [images[4].name]) or ""

    assert index.has(written)
    assert [index.image(image.name) for image in images] == [images[0], *changed, None]
    assert [index.fragment(image.name) for image in images] == [fragments["node"], *others.values(), None]
    index.replace(images, fragments)
    assert [index.image(image.name) for image in images] == images
    assert [index.fragment(image.name) for image in images] == list(fragments.values())


def test_a_page_is_two_statements(engine: Engine) -> None:
    """A page of any size needs one count and one read; the neighbours need one more."""
    index = SqlImageIndex(engine)
    index.replace(_many(100), {})
    with statements(engine) as sent:
        names = [image.name for image in index.page(ImageFilter(), 1, 100).items]
        index.neighbours(names)

    assert len(names) == 100
    assert len(sent) == 3


@ON_SQLITE
@pytest.mark.parametrize(
    "wanted",
    [
        *(ImageFilter(sort=sort) for sort in SORTS),
        ImageFilter(sort="-lastBuilt"),
        ImageFilter(status="due"),
        ImageFilter(role="managed"),
        ImageFilter(depends_on="node"),
        ImageFilter(built_from=DIGEST),
        ImageFilter(built_from=DIGEST, transitive=True, status="due"),
    ],
    ids=str,
)
def test_names_of_a_page_come_from_an_index(engine: Engine, wanted: ImageFilter) -> None:
    """A sort or filter uses an index: the inner query scans no table."""
    query = page_query(wanted, 2, 50).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))]

    # SQLite scans the result of the subquery, and `images` only with a covering index.
    scans = [step for step in plan if step.startswith("SCAN")]
    tables = ("images", "dependencies", "origins")
    assert all("USING COVERING INDEX" in step or not any(table in step for table in tables) for step in scans), plan


@ON_SQLITE
@pytest.mark.parametrize("sort", ["attention", "name", "-registry", "status", "owner", "-lastUpdated", "behindSince"])
@pytest.mark.parametrize(
    "wanted",
    [
        ImageFilter(),
        ImageFilter(registry="ghcr.io"),
        ImageFilter(owner="group:default/team-a", criticality="high"),
        ImageFilter(behind=True, status=("due", "waiting")),
        ImageFilter(behind=False),
        ImageFilter(query="app"),
        ImageFilter(reference=ImageReference.parse("node")),
        ImageFilter(uses="node", transitive=True, role="managed"),
    ],
    ids=str,
)
def test_a_filter_of_the_list_reads_no_image_that_is_not_shown(engine: Engine, wanted: ImageFilter, sort: str) -> None:
    """Most images pass these filters; their rows are large, so the filters and the counts are read from indexes."""
    SqlImageIndex(engine).replace(_many(100), {})
    page = page_query(replace(wanted, sort=sort), 2, 50)
    for query in (page, facets_query(wanted)):
        written = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        with engine.connect() as connection:
            plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {written}"))]
        read = [step for step in plan if " images" in step and "COVERING INDEX" not in step]
        # The images of the page by their names, and those of the repository that is searched.
        assert {step.partition("(")[2] for step in read} <= {"name=?)", "repository=?)"}, plan


@ON_SQLITE
def test_a_change_of_many_images_counts_their_values_again(engine: Engine) -> None:
    """A change of few does not: it would hold up the others."""
    index, images = SqlImageIndex(engine), _many(100)
    index.replace(images, {})
    with statements(engine) as few:
        index.replace([replace(images[0], title="x"), *images[1:]], {})
    with statements(engine) as many:
        index.replace([replace(image, title="y") for image in images], {})

    assert [statement for statement, _ in few if "ANALYZE" in statement] == []
    assert [statement for statement, _ in many if "ANALYZE" in statement] == ["ANALYZE images"]


@ON_SQLITE
def test_a_change_of_the_status_writes_no_histories(engine: Engine) -> None:
    """Histories are long and seldom change; a new rebuild writes those of its image alone."""
    index, images = SqlImageIndex(engine), [full(f"full-{number}") for number in range(3)]
    index.replace(images, {})
    with statements(engine) as sent:
        index.replace([replace(image, status=Status.DUE) for image in images], {})
    assert _written_to(sent) == {"images", "dependencies"}

    with statements(engine) as sent:
        changed = replace(images[0], rebuilds=images[0].rebuilds[:1], status=Status.DUE)
        index.replace([changed, *(replace(image, status=Status.DUE) for image in images[1:])], {})
    assert _written_to(sent) == {"images", "dependencies", "origins", "image_rebuilds", "image_updates"}
    assert _names_written(sent, "INSERT INTO image_rebuilds", column=0) == ["full-0"]


def _written_to(sent: list[tuple[str, Any]]) -> set[str]:
    """The tables that rows were inserted into."""
    inserts = (statement.split() for statement, _ in sent if statement.startswith("INSERT INTO"))
    return {words[2] for words in inserts}


def test_a_deleted_database_can_be_rebuilt(tmp_path: Path) -> None:
    """A new database with the same state gives the same answers and the same ETag."""
    images = [base("node"), full(), *_many(3)]

    def answers(file: Path) -> tuple[object, ...]:
        engine = open_engine(f"sqlite:///{file}")
        migrate(engine)
        index = SqlImageIndex(engine)
        index.replace(images, _fragments(images))
        found = (index.catalog_tag(), index.fragments(), index.page(ImageFilter(), 1, 9), index.image("full"))
        engine.dispose()
        return found

    first = answers(tmp_path / "index.db")
    for file in tmp_path.iterdir():
        file.unlink()
    assert answers(tmp_path / "index.db") == first


def test_texts_with_invalid_characters_are_stored(engine: Engine) -> None:
    """A title with a NUL or a lone surrogate does not prevent writing."""
    odd = replace(full(), title="a\0b\ud800", last_updated=NOW)
    index = SqlImageIndex(engine)
    index.replace([odd, base("node")], {})

    assert index.image("full") == odd


def test_an_image_that_cannot_be_converted_is_stored_with_its_error(engine: Engine) -> None:
    """The others are stored as they are."""
    index = SqlImageIndex(engine)
    broken = replace(full(), name="evil", updates=(object(),))  # type: ignore[arg-type] # no code makes it
    index.replace([broken, full()], {})

    found = index.image("evil")
    assert found
    assert found.status.value == "error"
    assert "cannot be stored for readers: internal error: " in found.reason
    assert index.image("full") == full()
