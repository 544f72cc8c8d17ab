"""Keep the order of releases, and the latest one in the row of its repository, in a transaction of the caller."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Row, bindparam, delete, func, select, tuple_, update

from provider.store.image_rows import NEVER
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.news import NewsGroup
from provider.tracker.decisions.versions.families import RECENT, Counted, Scheme, VersionGroup, counting
from provider.tracker.decisions.versions.order import ORDER_RULES, ReleaseRank
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.store.queries import of_release
from provider.tracker.store.rows import Columns, Values, release_of, release_values
from provider.tracker.store.tables import releases, repositories
from provider.tracker.store.updates import skipped_ids, write_updates

_LATEST = ("latest_id", "latest_order", "latest_date")
_ORDERS = ("version_order", "standing", "family", "scheme", "news_group", "number_text")
REMOVED: Values = {"standing": int(ReleaseRank.OUT), "news_group": int(NewsGroup.UNLISTED)}
"""The columns that place a release that a person removed."""
_OUT, _NO_VERSION, _STABLE = (int(rank) for rank in (ReleaseRank.OUT, ReleaseRank.NO_VERSION, ReleaseRank.STABLE))


def keep_latest(connection: Connection, several: Iterable[int]) -> None:
    """Store the latest release in the rows of its repositories, so that lists need not compute it."""
    wanted = list(several)
    for repository, form in _in_old_order(connection, wanted):
        _write_order(connection, repository, TagForm(form))
    rows = [_latest_values(connection, repository) for repository in wanted]
    if rows:
        written: Values = {name: bindparam(f"its_{name}") for name in _LATEST}
        connection.execute(update(repositories).where(repositories.c.id == bindparam("of")).values(written), rows)
    write_updates(connection, wanted)


def latest_releases(connection: Connection, several: Sequence[int]) -> Mapping[int, tuple[str, str | None]]:
    """The versions and pages of the latest releases, by repository; those without a release are left out."""
    if not several:
        return {}
    query = select(repositories.c.id, releases.c.version, releases.c.url).where(
        repositories.c.id.in_(several), releases.c.id == repositories.c.latest_id
    )
    return {row.id: (row.version, row.url) for row in connection.execute(query)}


def reorder(connection: Connection, repository: int, form: TagForm) -> None:
    """Compute the order of all releases of a repository for another tag form."""
    _write_order(connection, repository, form)
    keep_latest(connection, [repository])


def remove_unwanted(connection: Connection, repository: int, wanted: WantedVersions) -> None:
    """Delete the releases that a new filter does not let through; those that a person added or edited stay.

    Those that a person removed stay too, so that no poll adds them again.
    """
    query = select(*of_release).where(
        releases.c.repository == repository, releases.c.by_hand.is_(False), releases.c.removed.is_(False)
    )
    found = [release_of(row) for row in connection.execute(query)]
    unwanted = [{"of": release.id} for release in found if not wanted.lists(release)]
    if unwanted:
        connection.execute(delete(releases).where(releases.c.id == bindparam("of")), unwanted)


def _in_old_order(connection: Connection, several: Sequence[int]) -> Sequence[Row[int, str]]:
    """The repositories whose order is of an earlier version of this program, with their tag forms."""
    query = select(repositories.c.id, repositories.c.tag_form)
    old = repositories.c.order_rules != ORDER_RULES
    return connection.execute(query.where(repositories.c.id.in_(several), old)).all()


def _write_order(connection: Connection, repository: int, form: TagForm) -> None:
    query = select(*of_release, releases.c.removed).where(releases.c.repository == repository)
    rows = [_order_values(row[:-1], form, removed=row[-1]) for row in connection.execute(query)]
    if rows:
        orders: Values = {name: bindparam(f"its_{name}") for name in _ORDERS}
        connection.execute(update(releases).where(releases.c.id == bindparam("of")).values(orders), rows)
    connection.execute(update(repositories).where(repositories.c.id == repository).values(order_rules=ORDER_RULES))


def _order_values(row: Columns, form: TagForm, *, removed: bool) -> Values:
    release = release_of(row)
    values = {**release_values(release, form, baseline=release.baseline), **(REMOVED if removed else {})}
    return {"of": release.id, **{f"its_{name}": values[name] for name in _ORDERS}}


def _latest_values(connection: Connection, repository: int) -> Values:
    """The result of `provider.tracker.decisions.versions.order.latest`, computed by the database."""
    columns = (releases.c.standing, releases.c.version_order, releases.c.date, releases.c.version)
    query = (
        select(releases.c.id, releases.c.version_order, releases.c.date)
        .where(releases.c.repository == repository, releases.c.standing > _OUT)
        .order_by(*(column.desc() for column in columns))
        .limit(1)
    )
    if skipped := skipped_ids(connection, repository):
        query = query.where(releases.c.id.not_in(skipped))
    if counted := _counted(connection, repository):
        query = query.where(
            releases.c.standing > _NO_VERSION, tuple_(releases.c.family, releases.c.scheme).in_(counted)
        )
    row = connection.execute(query).one_or_none()
    number, key, date = (None, "", NEVER) if row is None else row
    return {"of": repository, "its_latest_id": number, "its_latest_order": key, "its_latest_date": date}


def _counted(connection: Connection, repository: int) -> Sequence[Counted]:
    """The families and schemes that count; none where no release has a version."""
    groups = _groups(connection, repository)
    if not groups or groups[1:] == []:
        return [group.counted for group in groups]
    path = connection.execute(select(repositories.c.path).where(repositories.c.id == repository)).scalar_one()
    return list(counting(groups, _recent(connection, repository), path.rpartition("/")[2]))


def _groups(connection: Connection, repository: int) -> list[VersionGroup]:
    columns = (releases.c.family, releases.c.scheme, releases.c.standing)
    query = (
        select(*columns, func.count())
        .where(releases.c.repository == repository, releases.c.standing > _NO_VERSION)
        .group_by(*columns)
    )
    numbers: dict[Counted, list[int]] = defaultdict(lambda: [0, 0])
    for family, scheme, standing, number in connection.execute(query):
        numbers[family, Scheme(scheme)][standing != _STABLE] += number
    return [VersionGroup(*counted, *both) for counted, both in numbers.items()]


def _recent(connection: Connection, repository: int) -> Sequence[Counted]:
    query = (
        select(releases.c.family, releases.c.scheme)
        .where(releases.c.repository == repository, releases.c.standing > _NO_VERSION, releases.c.date > NEVER)
        .order_by(releases.c.date.desc(), releases.c.version_order.desc(), releases.c.version.desc())
        .limit(RECENT)
    )
    return [(family, Scheme(scheme)) for family, scheme in connection.execute(query)]
