"""`image-factory simulate`: what other policies would have built; it changes nothing."""

import gc
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from provider.api.answers.csv_answers import csv_parts
from provider.api.simulation.documents import COLUMNS, simulation_document, simulation_rows
from provider.commands.logged_parts import logged_parts
from provider.commands.progress_bar import progress_bar
from provider.composition.dry_run import copied_repository, dry_settings
from provider.composition.parts import utc_now
from provider.composition.simulation.rules import rules_of
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.simulation.figures import Simulated
from provider.domain.simulation.measures import length_text, measures_of, worst_lines
from provider.domain.simulation.policies import WhatIf
from provider.domain.snapshot import Snapshot
from provider.private_files import private_umask
from provider.services.simulation.answering import answered_with_progress
from provider.settings import Settings


def run(settings: Settings, asked: WhatIf, form: str) -> int:
    """Print the answer; returns 1 if no image is counted."""
    snapshot = _snapshot(settings)
    # What was read stays until the end: without this, each pass of the collector looks at all of it.
    gc.freeze()
    with progress_bar() as progress:
        found = answered_with_progress(utc_now(), snapshot, asked, rules_of(settings), progress)
    if not found.images:
        whose = f"{asked.owner} owns no image" if asked.owner else "no image is enrolled"
        print(f"{whose}; 'image-factory status' lists all images", file=sys.stderr)
        return 1
    match form:
        case "json":
            print(json.dumps(simulation_document(found), indent=2))
        case "csv":
            print(b"".join(csv_parts(COLUMNS, simulation_rows(found))).decode(), end="")
        case _:
            print("\n".join(text_lines(found)))
    return 0


def _snapshot(settings: Settings) -> Snapshot:
    """All enrollments and state at the newest commit, from a copy, which is deleted."""
    with private_umask(), TemporaryDirectory(prefix="image-factory-simulate-") as temporary:
        folder = Path(temporary)
        with (
            logged_parts(dry_settings(settings, folder), logging.WARNING) as parts,
            copied_repository(parts, settings, folder) as repository,
        ):
            return GitSnapshotStore(repository, settings.http_hosts).read()


def text_lines(found: Simulated) -> Iterator[str]:
    """A table with a column for each policy, the images that were behind for longest, and the notes."""
    images = f"{found.images:,} {'image' if found.images == 1 else 'images'}"
    owner = f" of {found.asked.owner}" if found.asked.owner else ""
    length = length_text(found.until - found.since)
    yield f"{images}{owner}, {found.since:%Y-%m-%d %H:%M} to {found.until:%Y-%m-%d %H:%M} UTC ({length})"
    yield ""
    labels = tuple(column.label for column in found.columns)
    rows = [("", labels), *((measure.label, measure.texts) for measure in measures_of(found))]
    first = max(len(label) for label, _ in rows)
    widths = [max(len(texts[place]) for _, texts in rows) for place in range(len(labels))]
    for label, texts in rows:
        cells = "  ".join(text.rjust(width) for text, width in zip(texts, widths, strict=True))
        yield f"{label:{first}}  {cells}"
    yield from ("", "Behind for longest:")
    yield from (f"  {label}: {worst}" for label, worst in worst_lines(found))
    withdrawn = [
        f"  {column.label}: {each.name} on {each.reference}@{each.digest}, first seen {each.appeared:%Y-%m-%d %H:%M}, "
        f"built {each.built:%Y-%m-%d %H:%M} UTC"
        for column in found.columns
        for each in column.withdrawn
    ]
    if withdrawn:
        yield from ("", "Built on digests that were withdrawn later:", *withdrawn)
    yield ""
    yield from (f"- {note}" for note in found.notes)
