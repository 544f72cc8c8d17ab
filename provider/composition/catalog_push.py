"""Makes what pushes changes of the catalog to Backstage, from the parts of a process."""

import time
from collections.abc import Callable
from functools import partial

from sqlalchemy import Engine

from provider.backstage.catalog import HttpBackstageCatalog
from provider.composition.parts import Parts, utc_now
from provider.services.catalog_push.pushes import CatalogPushes
from provider.services.catalog_push.ways import CatalogWays
from provider.services.health import BACKSTAGE
from provider.settings import Settings
from provider.store.operations.catalog_pushes import SqlPushRecords


def catalog_pushes(parts: Parts, serving: Callable[[], bool]) -> CatalogPushes | None:
    """The pushes of this process; None without an address and a token of Backstage.

    Args:
        parts: the parts of the process.
        serving: whether the web part can be asked; nothing is pushed before.
    """
    url, token, records = (
        parts.settings.backstage_url,
        parts.settings.backstage_token,
        push_records(parts.engine, parts.settings),
    )
    if url is None or token is None or records is None:
        return None
    catalog = HttpBackstageCatalog(url, token, parts.transport, utc_now)
    ways = CatalogWays(catalog, parts.settings.public_url, utc_now, time.monotonic)
    report = partial(parts.reports.progress, BACKSTAGE)
    return CatalogPushes(parts.index.catalog_tag, ways, records, utc_now, report, serving)


def push_records(engine: Engine, settings: Settings) -> SqlPushRecords | None:
    """What was pushed to the Backstage of the settings; None where nothing is."""
    url = settings.backstage_url
    return SqlPushRecords(engine, url) if url and settings.pushes_to_backstage else None
