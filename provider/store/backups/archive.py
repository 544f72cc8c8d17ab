"""The file of a backup: a ZIP archive with the rows of each table, and a manifest with the checksum of each part.

`manifest.json` is written last; `tables/NAME.jsonl` has the names of the columns in its first line and a row in each
other one; `config.bundle` is the config repository as a git bundle, where the backup has the only copy of it.
"""

import errno
import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provider.errors import ProviderError

FORMAT = 1
CONFIG_BUNDLE = "config.bundle"
_KIND = "image-factory backup"
_MANIFEST = "manifest.json"
_MOST_MANIFEST_BYTES = 1024 * 1024
_BLOCK = 256 * 1024


class NotABackup(ProviderError):
    """The file cannot be restored; the message says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What a backup contains.

    Attributes:
        revision: of the tables, as Alembic names it.
        made_at: when the snapshot was taken.
        rows: the number of rows of each table.
        sequences: the highest id that each table ever gave, where its ids are never given again.
        checksums: SHA-256 of each part, in hexadecimal digits.
    """

    revision: str
    made_at: datetime
    rows: Mapping[str, int]
    sequences: Mapping[str, int]
    checksums: Mapping[str, str]

    @property
    def has_config(self) -> bool:
        """Whether the config repository is in it."""
        return CONFIG_BUNDLE in self.checksums


class BackupWriter:
    """Writes the parts of a backup, one after another, then the manifest."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._rows: dict[str, int] = {}
        self._checksums: dict[str, str] = {}

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write the rows of a table; each value is one of JSON."""
        count = 0

        def lines() -> Iterator[bytes]:
            nonlocal count
            yield _line(columns)
            for row in rows:
                count += 1
                yield _line(row)

        self._part(_member(name), lines())
        self._rows[name] = count

    def config_bundle(self, file: Path) -> None:
        """Write the config repository."""
        with file.open("rb") as source:
            self._part(CONFIG_BUNDLE, iter(lambda: source.read(_BLOCK), b""))

    def manifest(self, revision: str, made_at: datetime, sequences: Mapping[str, int]) -> BackupManifest:
        """Write the manifest, which ends the backup."""
        found = BackupManifest(revision, made_at, self._rows, sequences, self._checksums)
        document = {
            "kind": _KIND,
            "format": FORMAT,
            "revision": revision,
            "madeAt": made_at.astimezone(UTC).isoformat(),
            "rows": self._rows,
            "sequences": dict(sequences),
            "sha256": self._checksums,
        }
        self._archive.writestr(_MANIFEST, json.dumps(document, indent=1))
        return found

    def _part(self, name: str, blocks: Iterable[bytes]) -> None:
        checksum = hashlib.sha256()
        with self._archive.open(name, "w", force_zip64=True) as part:
            for block in blocks:
                checksum.update(block)
                part.write(block)
        self._checksums[name] = checksum.hexdigest()


class BackupReader:
    """Reads a backup whose checksums were compared."""

    def __init__(self, archive: zipfile.ZipFile, manifest: BackupManifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def table(self, name: str) -> Iterator[Any]:
        """The names of the columns of a table, then its rows, as they were written."""
        with self._archive.open(_member(name)) as part:
            yield from map(_parsed, part)

    def config_bundle(self, file: Path) -> None:
        """Copy the config repository to a file."""
        with self._archive.open(CONFIG_BUNDLE) as part, file.open("wb") as target:
            while block := part.read(_BLOCK):
                target.write(block)


@contextmanager
def written_backup(file: Path) -> Iterator[BackupWriter]:
    """Write a backup, for this user alone; the file appears, or is replaced, when the block has ended without an error.

    Raises:
        OSError: it cannot be written.
    """
    # mkstemp makes a file of mode 0600.
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    made = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                yield BackupWriter(archive)
            stream.flush()
            os.fsync(stream.fileno())
        made.replace(file)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


@contextmanager
def verified_backup(file: Path) -> Iterator[BackupReader]:
    """Open a backup, after each part was read and its checksum compared.

    Raises:
        NotABackup: it is another file, of a newer format, incomplete or changed.
        OSError: it cannot be read.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise NotABackup(f"{file} is no backup, or its end is missing: {error}") from error
    with archive:
        try:
            manifest = _manifest_of(archive)
            _compare(archive, manifest)
        except (
            *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, AttributeError, RuntimeError),
        ) as error:
            raise NotABackup(f"{file} is no complete backup, or it was changed: {_said(error)}") from error
        except OSError as error:
            # The offset of a part is below zero. Other errors are those of the disk.
            if error.errno != errno.EINVAL:
                raise
            raise NotABackup(
                f"{file} is no complete backup, or it was changed: an offset is outside the file"
            ) from error
        yield BackupReader(archive, manifest)


def _manifest_of(archive: zipfile.ZipFile) -> BackupManifest:
    with archive.open(_MANIFEST) as part:
        document = _parsed(part.read(_MOST_MANIFEST_BYTES))
    if document["kind"] != _KIND:
        raise ValueError("its manifest is that of another program")
    if document["format"] != FORMAT:
        raise ValueError(f"its format is {document['format']}, and this version reads format {FORMAT}")
    return BackupManifest(
        revision=str(document["revision"]),
        made_at=datetime.fromisoformat(document["madeAt"]),
        rows={str(name): int(count) for name, count in document["rows"].items()},
        sequences={str(name): int(last) for name, last in document["sequences"].items()},
        checksums={str(name): str(value) for name, value in document["sha256"].items()},
    )


def _compare(archive: zipfile.ZipFile, manifest: BackupManifest) -> None:
    parts = set(manifest.checksums)
    if parts - {CONFIG_BUNDLE} != {_member(name) for name in manifest.rows}:
        raise ValueError("its manifest does not name the same tables twice")
    if unknown := set(archive.namelist()) - parts - {_MANIFEST}:
        raise ValueError(f"it has {min(unknown)}, which its manifest does not name")
    for name, expected in manifest.checksums.items():
        with archive.open(name) as part:
            if _checksum(part.read) != expected:
                raise ValueError(f"the checksum of {name} is another one")


def _checksum(read: Callable[[int], bytes]) -> str:
    checksum = hashlib.sha256()
    while block := read(_BLOCK):
        checksum.update(block)
    return checksum.hexdigest()


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("its JSON is nested too deeply") from error


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _line(value: Sequence[Any]) -> bytes:
    return json.dumps(list(value), separators=(",", ":")).encode("ascii") + b"\n"
