"""Queries and changes of the releases of a tracked repository, in a transaction of the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from provider.errors import Conflict, Duplicate, NotTracked
from provider.ports import Place
from provider.store.image_rows import NEVER, storable
from provider.store.inserts import insert_new
from provider.tracker.decisions.news import WantedNumber
from provider.tracker.decisions.release import FoundRelease, Release, SkippedRelease
from provider.tracker.decisions.repository import Tracked
from provider.tracker.ports import ReleasePage
from provider.tracker.store.latest import REMOVED, keep_latest
from provider.tracker.store.queries import RELEASE_ORDERS, legs, of_release, order, place_of
from provider.tracker.store.rows import Values, release_of, release_values
from provider.tracker.store.search import ids_of
from provider.tracker.store.tables import releases
from provider.tracker.store.updates import write_updates
from provider.tracker.store.version_search import nearest

_ONCE = ("repository", "version")
_UNNOTICED: Values = {"removed": False, "first_seen": NEVER, "unseen": False}
_all_columns = select(*of_release)


def page(
    connection: Connection, repository: int, size: int, after: Place | None, number: int, sort: str
) -> ReleasePage:
    """A page of the releases of a repository, after a place.

    Raises:
        ValueError: unknown sort, `after` is not a place in that order, or number or size is less than 1.
    """
    in_turn = order(RELEASE_ORDERS, sort)
    if number < 1 or size < 1:
        raise ValueError(f"page {number} of size {size} does not exist; both must be at least 1")
    queries = legs(RELEASE_ORDERS, sort, _kept(repository), after)
    ids = ids_of(connection, queries, size + 1, (number - 1) * size)
    key = RELEASE_ORDERS[sort.removeprefix("-")]
    query = _all_columns.add_columns(key).where(releases.c.id.in_(ids[:size])).order_by(*in_turn)
    rows = connection.execute(query).all()
    end = place_of(rows[-1][-1], rows[-1][0]) if len(ids) > size and rows else None
    return ReleasePage(tuple(release_of(row[:-1]) for row in rows), end)


def count(connection: Connection, repository: int) -> int:
    """The number of releases of a repository."""
    return connection.execute(select(func.count()).select_from(releases).where(_kept(repository))).scalar_one()


def known(connection: Connection, repository: int) -> Sequence[Release]:
    """All releases of a repository; removed ones are marked as made by hand, so that polls ignore them."""
    query = _all_columns.add_columns(releases.c.removed).where(releases.c.repository == repository)
    found = [(release_of(row[:-1]), row[-1]) for row in connection.execute(query)]
    return [replace(release, by_hand=release.by_hand or removed) for release, removed in found]


def matched(connection: Connection, text: str, several: Sequence[int]) -> Mapping[int, Release]:
    """Of these repositories, the release whose version a text finds and that is nearest to the text."""
    version = WantedNumber.of(text)
    if version is None:
        return {}
    query = _all_columns.add_columns(releases.c.repository).where(releases.c.id.in_(nearest(version, several)))
    return {row[-1]: release_of(row[:-1]) for row in connection.execute(query)}


def one(connection: Connection, repository: int, release: int) -> Release:
    """One release.

    Raises:
        NotTracked: the repository or the release does not exist.
    """
    row = connection.execute(_all_columns.where(_kept(repository), releases.c.id == release)).one_or_none()
    if row is None:
        raise _no_release(repository, release)
    return release_of(row)


def add(connection: Connection, tracked: Tracked, release: FoundRelease) -> Release:
    """Add a release by hand; it replaces a removed release of the same version.

    Raises:
        Duplicate: the repository already has this version.
    """
    values = {**_by_hand_values(release, tracked), "by_hand": True, **_UNNOTICED}
    _make_room(connection, tracked, values["version"])
    number = insert_new(connection, releases, {**values, "repository": tracked.id}, key=_ONCE)
    if number is None:
        raise Conflict(
            f"someone else added {values['version']} to {tracked.name} at the same time; reload the repository"
        )
    keep_latest(connection, [tracked.id])
    return one(connection, tracked.id, number)


def change(connection: Connection, tracked: Tracked, release: int, fields: FoundRelease) -> Release:
    """Change a release by hand.

    Raises:
        NotTracked: the repository or the release does not exist.
        Duplicate: the repository already has this version.
    """
    before = one(connection, tracked.id, release)
    values = {**_edited_values(fields, tracked, before), "by_hand": True}
    renamed = values["version"] != before.version
    if renamed:
        _make_room(connection, tracked, values["version"])
    connection.execute(update(releases).where(releases.c.id == release).values(values))
    if renamed:
        _remember_removed(connection, tracked, before)
    keep_latest(connection, [tracked.id])
    return one(connection, tracked.id, release)


def skip(connection: Connection, repository: int, release: int, skipped: SkippedRelease | None) -> Release:
    """Skip a release, or take that back with None.

    Raises:
        NotTracked: the repository or the release does not exist.
    """
    one(connection, repository, release)
    values: Values = {"skipped_at": None, "skipped_by": None, "skip_reason": None}
    if skipped:
        by, reason = storable(skipped.by), storable(skipped.reason)
        values = {"skipped_at": skipped.at, "skipped_by": by, "skip_reason": reason, "unseen": False}
    connection.execute(update(releases).where(releases.c.id == release).values(values))
    keep_latest(connection, [repository])
    return one(connection, repository, release)


def acknowledge(connection: Connection, repository: int, release: int) -> Release:
    """Nothing is new any more about a release and those that were found before it.

    Raises:
        NotTracked: the repository or the release does not exist.
    """
    one(connection, repository, release)
    these = (releases.c.repository == repository) & (releases.c.id <= release) & releases.c.unseen.is_(True)
    connection.execute(update(releases).where(these).values(unseen=False))
    write_updates(connection, [repository])
    return one(connection, repository, release)


def remove(connection: Connection, repository: int, release: int) -> None:
    """Remove a release; its row is kept, so that polls do not add it again.

    Raises:
        NotTracked: the repository or the release does not exist.
    """
    one(connection, repository, release)
    noticed: Values = {"skipped_at": None, "unseen": False}
    connection.execute(update(releases).where(releases.c.id == release).values(removed=True, **REMOVED, **noticed))
    keep_latest(connection, [repository])


def _make_room(connection: Connection, tracked: Tracked, version: str) -> None:
    existing = _of_version(connection, tracked.id, version)
    if existing is not None and not existing.removed:
        raise _duplicate(tracked, version, existing.id)
    if existing is not None:
        connection.execute(delete(releases).where(releases.c.id == existing.id))


def _remember_removed(connection: Connection, tracked: Tracked, release: Release) -> None:
    """Store the old version of a renamed release as removed, so that polls do not add it again."""
    values = {**release_values(release, tracked.tag_form, baseline=release.baseline), **REMOVED, "by_hand": True}
    values |= {"repository": tracked.id, "removed": True, "unseen": False, **_seen(release)}
    insert_new(connection, releases, values, key=_ONCE)


def _by_hand_values(release: FoundRelease, tracked: Tracked) -> Values:
    """What a person adds is no news."""
    return release_values(release, tracked.tag_form, baseline=True)


def _edited_values(fields: FoundRelease, tracked: Tracked, before: Release) -> Values:
    """What a person can edit; where a release was found, when its tag was moved, and its other tags stay."""
    found = {"listed_in", "moved_from", "moved_at", "variants", "tag"}
    values = release_values(fields, tracked.tag_form, baseline=before.baseline)
    return {name: value for name, value in values.items() if name not in found}


def _seen(release: Release) -> Values:
    return {"first_seen": release.first_seen or NEVER}


def _of_version(connection: Connection, repository: int, version: str) -> Row[int, bool] | None:
    query = select(releases.c.id, releases.c.removed)
    query = query.where(releases.c.repository == repository, releases.c.version == version)
    return connection.execute(query).one_or_none()


def _kept(repository: int) -> ColumnElement[bool]:
    return (releases.c.repository == repository) & releases.c.removed.is_(False)


def _no_release(repository: int, release: int) -> NotTracked:
    return NotTracked(f"the tracked repository {repository} has no release {release}")


def _duplicate(tracked: Tracked, version: str, number: int) -> Duplicate:
    return Duplicate(f"{tracked.name} already has the version {version}, as release {number}", number)
