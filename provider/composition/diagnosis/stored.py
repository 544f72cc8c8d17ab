"""Checks of the database, and of what the service reported in it."""

import os
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Engine, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from catalog.times import utc_time
from provider.composition.diagnosis.finding import Diagnosis, fails, unknown, works
from provider.composition.opening import cause_of, place_of
from provider.composition.schedule import part_periods
from provider.services.health import ServiceHealth
from provider.settings import Settings
from provider.store.beats import SqlBeats
from provider.store.images import SqlImageIndex
from provider.store.operations.webhook_inbox import webhook_places
from provider.store.reading import Revision, open_for_reading, revision_of

_START = "Start the service with 'image-factory serve'."


def database_findings(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Whether the database can be used; then the worker and the webhooks, which report in it."""
    url = settings.database_url
    try:
        engine = open_for_reading(url)
        if engine is None:
            yield works("database", f"{place_of(url)}: it is made at the first start")
            return
        try:
            yield from _of_database(engine, settings, now)
        finally:
            engine.dispose()
    except (SQLAlchemyError, OSError, ValueError, ImportError) as error:
        remedy = (
            "Correct IMAGE_FACTORY_DATABASE_URL, or start the database; docs/backup.md says how to restore a backup."
        )
        yield fails("database", f"{place_of(url)} cannot be used: {cause_of(error)}", remedy)


def _of_database(engine: Engine, settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    place = place_of(settings.database_url)
    match revision_of(engine):
        case Revision.NEWER:
            yield fails("database", f"{place} was upgraded by a newer version of this program", "Run that version.")
            return
        case Revision.OLDER:
            yield works("database", f"{place} is of an older version; the next start upgrades it: make a backup first")
            return
        case Revision.NONE:
            yield works("database", f"{place} has no tables; the first start makes them")
            return
        case Revision.CURRENT:
            pass
    if problem := _not_writable(engine):
        yield fails("database", f"{place} {problem[0]}", problem[1])
    elif damage := _damage(engine):
        remedy = "Stop the service, and restore a backup with 'image-factory restore FILE --yes'."
        yield fails("database", f"{place} is damaged: {damage}", remedy)
    else:
        yield works("database", f"{place} has the newest tables, and can be written")
    yield from _of_worker(engine, settings, now)
    yield _of_webhooks(engine, settings, now)


def _not_writable(engine: Engine) -> tuple[str, str] | None:
    if engine.dialect.name == "sqlite":
        # Never by opening the file: closing it again would drop the locks of SQLite on it.
        file = make_url(engine.url).database or ""
        if os.access(file, os.W_OK):
            return None
        return "cannot be written by this user", f"Give it to the user of the service: chown {os.geteuid()} {file}"
    with engine.connect() as connection:
        if connection.scalar(text("SELECT pg_is_in_recovery()")):
            return "is a replica that cannot be written", "Set IMAGE_FACTORY_DATABASE_URL to the primary server."
        if not connection.scalar(text("SELECT has_table_privilege('audit', 'INSERT')")):
            return "cannot be written by its user", "Grant the user all rights on the tables, or make it their owner."
    return None


def _damage(engine: Engine) -> str | None:
    if engine.dialect.name != "sqlite":
        return None
    with engine.connect() as connection:
        found = str(connection.scalar(text("PRAGMA quick_check(1)")))
    return None if found == "ok" else found


def _of_worker(engine: Engine, settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    health = ServiceHealth(SqlImageIndex(engine), SqlBeats(engine), lambda: now, part_periods(settings))
    beats = {beat.part: beat.at for beat in SqlBeats(engine).beats()}
    for part in health.parts():
        if part.name not in part_periods(settings):
            continue
        if part.able:
            yield works(f"worker: {part.name}", f"last round at {utc_time(beats[part.name])}")
        elif part.name not in beats:
            yield unknown(f"worker: {part.name}", "it has not finished a round yet", _START)
        else:
            remedy = "Correct the cause; the log of the worker has the details."
            yield fails(f"worker: {part.name}", part.cause or "it does not work", remedy)


def _of_webhooks(engine: Engine, settings: Settings, now: datetime) -> Diagnosis:
    with engine.connect() as connection:
        heard = connection.execute(select(webhook_places.c.place, webhook_places.c.at)).all()
    if heard:
        last = max(heard, key=lambda each: each.at)
        hours = int((now - last.at).total_seconds() // 3600)
        return works("webhooks", f"{len(heard)} senders were heard, the last one, {last.place}, {hours} hours ago")
    if not settings.webhook_secrets and not settings.github_webhook_secrets:
        return works("webhooks", "no secret is set; changes are found by the periodic checks")
    return unknown("webhooks", "none has arrived yet", "Send one for a test; docs/webhooks.md says how.")
