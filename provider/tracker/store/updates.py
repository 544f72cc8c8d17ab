"""Keep what there is to update in the rows of repositories, in a transaction of the caller."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, Row, bindparam, func, select, update

from provider.store.json_dataclasses import dumped, loaded
from provider.tracker.decisions.deployed.comparing import RankedRelease
from provider.tracker.decisions.deployed.updates import NO_UPDATES, TagsInUse, updates_of
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.versions.order import ReleaseRank
from provider.tracker.store.rows import Values
from provider.tracker.store.tables import releases, repositories

_AT_ONCE = 500
_Container = Row[int, str, str]


def write_updates(connection: Connection, several: Sequence[int]) -> None:
    """Compute what there is to update of these repositories, after their latest releases are known."""
    skipped, unseen = _skipped(connection, several), _unseen(connection, several)
    columns = ("id", "deployed_version", "in_use", "latest_id", "tag_form", "updates")
    query = select(*(repositories.c[name] for name in columns)).where(repositories.c.id.in_(several))
    rows = []
    for row in connection.execute(query).all():
        found = NO_UPDATES
        if row.deployed_version or row.in_use or row.id in skipped:
            ranked = _ranked(connection, row.id, skipped.get(row.id, ()))
            form = TagForm(row.tag_form)
            found = updates_of(row.deployed_version, _in_use(row.in_use).tags, ranked, row.latest_id, form)
        if row.id in unseen:
            number, newest = unseen[row.id]
            found = replace(found, unseen=number, newest_unseen=newest)
        text = "" if found == NO_UPDATES else dumped(found)
        if text != row.updates:
            rows.append({"of": row.id, "its_updates": text, "its_order": found.order})
    if rows:
        values: Values = {"updates": bindparam("its_updates"), "deployed_order": bindparam("its_order")}
        connection.execute(update(repositories).where(repositories.c.id == bindparam("of")).values(values), rows)


def skipped_ids(connection: Connection, repository: int) -> Sequence[int]:
    """The releases of a repository that are skipped."""
    return _skipped(connection, [repository]).get(repository, [])


def write_in_use(connection: Connection, in_use: Mapping[str, TagsInUse]) -> int:
    """Store which tags images are built from, by `registry/repository`; returns how many repositories changed."""
    changed: list[Values] = []
    for number, path, stored in _containers(connection, list(in_use)):
        used = in_use.get(path)
        text = dumped(used) if used and used.tags else ""
        if text != stored:
            changed.append({"of": number, "its_use": text})
    if changed:
        this = repositories.c.id == bindparam("of")
        connection.execute(update(repositories).where(this).values(in_use=bindparam("its_use")), changed)
        numbers = [each["of"] for each in changed]
        for start in range(0, len(numbers), _AT_ONCE):
            write_updates(connection, numbers[start : start + _AT_ONCE])
    return len(changed)


def _skipped(connection: Connection, several: Sequence[int]) -> Mapping[int, list[int]]:
    query = select(releases.c.repository, releases.c.id)
    found: dict[int, list[int]] = {}
    for repository, release in connection.execute(
        query.where(releases.c.repository.in_(several), releases.c.skipped_at.is_not(None))
    ):
        found.setdefault(repository, []).append(release)
    return found


def _unseen(connection: Connection, several: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """How many releases are unseen, and the highest id of these."""
    query = select(releases.c.repository, func.count(), func.max(releases.c.id))
    these = (releases.c.repository.in_(several), releases.c.unseen.is_(True))
    return {row[0]: (row[1], row[2]) for row in connection.execute(query.where(*these).group_by(releases.c.repository))}


def _ranked(connection: Connection, repository: int, skipped: Collection[int]) -> list[RankedRelease]:
    query = select(releases.c.id, releases.c.version, releases.c.standing)
    kept = (releases.c.repository == repository, releases.c.standing > int(ReleaseRank.OUT))
    rows = connection.execute(query.where(*kept))
    return [RankedRelease(number, text, ReleaseRank(rank), number in skipped) for number, text, rank in rows]


def _containers(connection: Connection, paths: Sequence[str]) -> list[_Container]:
    """The container repositories at these paths, and those that had tags in use."""
    query = select(repositories.c.id, repositories.c.path, repositories.c.in_use)
    query = query.where(repositories.c.type == RepositoryType.CONTAINER.value)
    found: dict[int, _Container] = {}
    for start in range(0, len(paths), _AT_ONCE):
        these = repositories.c.path.in_(paths[start : start + _AT_ONCE])
        found |= {row[0]: row for row in connection.execute(query.where(these))}
    found |= {row[0]: row for row in connection.execute(query.where(repositories.c.in_use != ""))}
    return list(found.values())


def _in_use(text: str) -> TagsInUse:
    return loaded(TagsInUse, json.loads(text)) if text else TagsInUse()
