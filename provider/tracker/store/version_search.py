"""Finds releases by the beginning of their version, in an index of each repository."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, select

from provider.store.image_rows import storable
from provider.tracker.decisions.news import WantedNumber
from provider.tracker.store.tables import releases, repositories

# No text that begins with another one sorts behind that one and this character, in either database.
_LAST = "\U0010ffff"


def has_version(query: WantedNumber, rows: FromClause = releases) -> ColumnElement[bool]:
    """The condition that the query finds the version of a release: `WantedNumber.finds`, computed by the database.

    Args:
        query: the query.
        rows: has the columns `version` and `number_text` of releases.
    """
    begin = storable(query.number)
    found = and_(rows.c.number_text >= begin, rows.c.number_text < begin + _LAST)
    if not query.before:
        return found
    before = func.length(rows.c.version) - func.length(rows.c.number_text)
    wanted = storable(query.before)
    ends = func.substr(func.lower(rows.c.version), before - len(wanted) + 1, len(wanted))
    return and_(found, before >= len(wanted), ends == wanted)


def of_same_repository(query: WantedNumber, repository: ColumnElement[int]) -> Select[int]:
    """The ids of the listed releases of a repository of the enclosing query whose versions the query finds."""
    listed = and_(releases.c.repository == repository, releases.c.removed.is_(False))
    return select(releases.c.id).where(listed, has_version(query)).correlate_except(releases)


def nearest(query: WantedNumber, several: Sequence[int]) -> Select[int]:
    """Of each of these repositories, the release whose version the query finds and that is nearest to its text."""
    found = of_same_repository(query, repositories.c.id).order_by(releases.c.number_text, releases.c.id).limit(1)
    return select(found.scalar_subquery()).where(repositories.c.id.in_(several))
