"""The file of a backup: complete and unchanged, or refused."""

import json
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.store.backups.archive import NotABackup, verified_backup, written_backup
from provider.store.backups.values import from_json, to_json
from tests.provider.store.samples import NOW

ROWS = [[number, f"text {number}", None] for number in range(50)]


@pytest.fixture(name="file", scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with two tables and a config repository."""
    folder = tmp_path_factory.mktemp("backup")
    bundle = folder / "bundle"
    bundle.write_bytes(bytes(range(256)) * 40)
    file = folder / "backup.zip"
    with written_backup(file) as writer:
        writer.config_bundle(bundle)
        writer.table("one", ["id", "name", "none"], ROWS)
        writer.table("none", ["id"], [])
        writer.manifest("0034", NOW, {"one": 49})
    return file


def read(file: Path) -> object:
    """Everything that a backup has."""
    with verified_backup(file) as reader:
        target = file.with_suffix(".bundle")
        reader.config_bundle(target)
        return list(reader.table("one")), list(reader.table("none")), reader.manifest, target.read_bytes()


def test_what_was_written_is_read(file: Path) -> None:
    """The manifest says what there is."""
    with verified_backup(file) as reader:
        assert list(reader.table("one")) == [["id", "name", "none"], *ROWS]
        assert list(reader.table("none")) == [["id"]]
        assert (reader.manifest.rows, reader.manifest.made_at) == ({"one": 50, "none": 0}, NOW)
        assert reader.manifest.has_config
        assert reader.manifest.sequences == {"one": 49}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_file_that_was_cut_off_is_refused(data: st.DataObject, file: Path) -> None:
    """Wherever it ends."""
    content = file.read_bytes()
    shorter = file.with_name("shorter.zip")
    shorter.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(NotABackup):
        read(shorter)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_changed_file_is_refused_or_has_the_same_content(data: st.DataObject, file: Path) -> None:
    """One changed byte, anywhere: some bytes of a ZIP archive mean nothing."""
    content = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    changed = file.with_name("changed.zip")
    changed.write_bytes(content)
    try:
        found = read(changed)
    except NotABackup:
        return
    assert found == read(file)


def test_a_part_before_the_beginning_of_the_file_is_refused(file: Path) -> None:
    """The end of a ZIP archive says where its list is; a higher number there makes all others too low."""
    content = bytearray(file.read_bytes())
    place = len(content) - 6
    struct.pack_into("<L", content, place, struct.unpack_from("<L", content, place)[0] + 2**30)
    moved = file.with_name("moved.zip")
    moved.write_bytes(content)
    with pytest.raises(NotABackup, match="an offset is outside the file"):
        read(moved)


def rewritten(file: Path, name: str, content: bytes) -> Path:
    """A copy of a backup with another content of one part, and right checksums of ZIP."""
    other = file.with_name("rewritten.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
        for part in {*source.namelist(), name}:
            target.writestr(part, content if part == name else source.read(part))
    return other


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("tables/one.jsonl", b'["id"]\n[1]\n'),
        ("tables/none.jsonl", b""),
        ("config.bundle", b"x"),
        ("tables/more.jsonl", b'["id"]\n'),
        ("manifest.json", b"{}"),
        ("manifest.json", b"[]"),
        ("manifest.json", b"\xff"),
        ("manifest.json", json.dumps({"kind": "image-factory backup", "format": 2}).encode()),
        ("manifest.json", json.dumps({"kind": "another", "format": 1}).encode()),
    ],
)
def test_a_part_of_another_content_is_refused(part: str, content: bytes, file: Path) -> None:
    """The manifest has the checksum of each part."""
    with pytest.raises(NotABackup, match=r"rewritten\.zip"):
        read(rewritten(file, part, content))


def test_an_earlier_backup_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    """Nothing is left of one that ended early."""
    file = tmp_path / "backup.zip"
    file.write_bytes(b"earlier")
    with pytest.raises(TypeError), written_backup(file) as writer:
        writer.table("one", ["id"], [[object()]])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"backup.zip": b"earlier"}


@given(st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.datetimes(timezones=st.timezones()))
def test_every_value_is_the_same_after_json(value: object) -> None:
    """Whatever a column may have."""
    # In the hour that a zone has twice, Python finds no time equal to one of another zone (PEP 495).
    expected = value.astimezone(UTC) if isinstance(value, datetime) else value
    assert from_json(json.loads(json.dumps(to_json(value)))) == expected
