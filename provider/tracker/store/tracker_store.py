"""The store of tracked repositories in the database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from provider.containment import contained
from provider.errors import Conflict, Duplicate, InternalError, NotTracked
from provider.ports import Place
from provider.store.engine import writing
from provider.store.image_rows import NEVER
from provider.store.inserts import insert_new
from provider.tracker.decisions.deployed.updates import TagsInUse
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import PollResult
from provider.tracker.decisions.release import FoundRelease, Release, SkippedRelease
from provider.tracker.decisions.repository import Address, RepositoryState, Tracked
from provider.tracker.decisions.wanted import Prereleases, WantedVersions
from provider.tracker.ports import (
    Counts,
    NewsFilter,
    NewsPage,
    PollFigures,
    ReleaseNews,
    ReleasePage,
    RepositoryFields,
    RepositoryFilter,
    RepositoryPage,
)
from provider.tracker.store import releases as tracker_releases
from provider.tracker.store.latest import remove_unwanted, reorder
from provider.tracker.store.news import count_news, every_news, news_page
from provider.tracker.store.poll_counts import figures
from provider.tracker.store.polls import record
from provider.tracker.store.queries import REPOSITORY_ORDERS, condition_of, order, place_of, rows_in_order, with_latest
from provider.tracker.store.rows import field_values, new_values, searched_text, tracked_of, unpolled_values
from provider.tracker.store.search import page_ids
from provider.tracker.store.tables import releases, repositories, searched
from provider.tracker.store.updates import write_in_use, write_updates

_AT_ONCE = 500


class SqlTrackerStore:
    """Implements `provider.tracker.ports.TrackerStore` in a database that `migrate` has prepared.

    Args:
        engine: of the database.
        summary_at: the time of the day, in UTC, of the one summary of new releases a day; None: no summary.
    """

    def __init__(self, engine: Engine, summary_at: time | None = None) -> None:
        self._engine = engine
        self._summary_at = summary_at

    def add(self, fields: RepositoryFields, now: datetime) -> Tracked:
        """Start to track a repository; its first poll is due now.

        Raises:
            Duplicate: the address is already tracked.
        """
        with writing(self._engine) as connection:
            number = _insert(connection, fields, now)
            if number is None:
                raise _duplicate(fields.address, _id_of(connection, fields.key))
            write_updates(connection, [number])
            return _read(connection, number)

    def add_all(self, many: Sequence[RepositoryFields], now: datetime) -> Sequence[int]:
        """Add the repositories whose address is not tracked yet, all or none; returns all their ids, in order."""
        with writing(self._engine) as connection:
            fresh = [_insert(connection, fields, now) for fields in many]
            deployed = [
                number for number, fields in zip(fresh, many, strict=True) if number and fields.deployed_version
            ]
            for start in range(0, len(deployed), _AT_ONCE):
                write_updates(connection, deployed[start : start + _AT_ONCE])
            return [number or _id_of(connection, fields.key) for number, fields in zip(fresh, many, strict=True)]

    def get(self, repository: int) -> Tracked:
        """One repository.

        Raises:
            NotTracked: there is no repository of that id.
        """
        with self._engine.connect() as connection:
            return _read(connection, repository)

    def find(self, key: str) -> Tracked | None:
        """The repository with this key."""
        with self._engine.connect() as connection:
            row = connection.execute(with_latest.where(repositories.c.key == key)).one_or_none()
        return None if row is None else tracked_of(row)

    def address_keys(self, kind: RepositoryType) -> frozenset[str]:
        """The keys of all addresses of this type that are tracked, whatever their filters."""
        query = select(repositories.c.key).where(repositories.c.type == kind.value)
        with self._engine.connect() as connection:
            return frozenset(key.partition("#")[0] for key in connection.scalars(query))

    def of_address(self, address: Address) -> Sequence[Tracked]:
        """The repositories with this address, whatever their filters."""
        key = repositories.c.key
        # '$' comes after '#', which separates the address from the filter.
        filtered = (key >= f"{address.key}#") & (key < f"{address.key}$")
        with self._engine.connect() as connection:
            rows = connection.execute(with_latest.where((key == address.key) | filtered).order_by(repositories.c.id))
            return [tracked_of(row) for row in rows]

    def change(
        self, repository: int, version: int, fields: RepositoryFields, *, same_releases: bool = False
    ) -> Tracked:
        """Write the changes of a person; with a new address or filter, the next poll is due now and silent.

        With `same_releases`, the poll of a new address is not silent.

        Raises:
            NotTracked: there is no repository of that id.
            Conflict: another change was saved after `version`; nothing was written.
            Duplicate: the new address is already tracked.
        """
        try:
            with writing(self._engine) as connection:
                return _change(connection, repository, version, fields, same_releases=same_releases)
        except IntegrityError as error:
            other = self.find(fields.key)
            if other is None:
                raise
            raise _duplicate(fields.address, other.id) from error

    def remove(self, repository: int) -> None:
        """Delete a repository; the foreign key deletes its releases.

        Raises:
            NotTracked: there is no repository of that id.
        """
        with writing(self._engine) as connection:
            if not connection.execute(delete(repositories).where(repositories.c.id == repository)).rowcount:
                raise _not_tracked(repository)

    def page(self, wanted: RepositoryFilter, size: int, after: Place | None = None, page: int = 1) -> RepositoryPage:
        """A page of repositories, after a place.

        Raises:
            ValueError: unknown sort, `after` is not a place in that order, or page or size is less than 1.
        """
        order(REPOSITORY_ORDERS, wanted.sort)
        if page < 1 or size < 1:
            raise ValueError(f"page {page} of size {size} does not exist; both must be at least 1")
        with self._engine.connect() as connection:
            # One more than requested shows whether there is a next page.
            ids = page_ids(connection, wanted, size + 1, (page - 1) * size, after)
            rows = connection.execute(rows_in_order(wanted.sort), {"ids": ids[:size]}).all()
            matched = tracker_releases.matched(connection, wanted.query or "", ids[:size])
        end = place_of(rows[-1][-1], rows[-1][0]) if len(ids) > size and rows else None
        return RepositoryPage(tuple(tracked_of(row[:-1]) for row in rows), end, matched)

    def count(self, wanted: RepositoryFilter) -> int:
        """How many repositories match the filter."""
        with self._engine.connect() as connection:
            counted = select(func.count()).select_from(repositories).where(condition_of(wanted))
            return connection.execute(counted).scalar_one()

    def counts(self) -> Counts:
        """The total numbers."""
        by_state = select(repositories.c.state, func.count()).group_by(repositories.c.state)
        with self._engine.connect() as connection:
            found = {row[0]: row[1] for row in connection.execute(by_state)}
            kept = select(func.count()).select_from(releases).where(releases.c.removed.is_(False))
            number = connection.execute(kept).scalar_one()
        states = {state: found.get(state.value, 0) for state in RepositoryState}
        return Counts(sum(states.values()), number, states)

    def figures(self) -> PollFigures:
        """How polls go."""
        with self._engine.connect() as connection:
            return figures(connection)

    def everything(self) -> Iterator[Tracked]:
        """All repositories by id, read in parts."""
        last = 0
        while True:
            part = with_latest.where(repositories.c.id > last).order_by(repositories.c.id).limit(_AT_ONCE)
            with self._engine.connect() as connection:
                found = [tracked_of(row) for row in connection.execute(part)]
            yield from found
            if len(found) < _AT_ONCE:
                return
            last = found[-1].id

    def due(self, now: datetime, limit: int) -> Sequence[Tracked]:
        """Repositories whose next poll is due, longest due first; one that cannot be read is logged and left out."""
        query = with_latest.where(repositories.c.next_poll <= now)
        query = query.order_by(repositories.c.next_poll, repositories.c.id).limit(limit)
        with self._engine.connect() as connection:
            found = [contained(f"tracked repository {row.id}", tracked_of, row) for row in connection.execute(query)]
        return [tracked for tracked in found if not isinstance(tracked, InternalError)]

    def poll_soon(self, repository: int, now: datetime) -> None:
        """Let the next poll be due now at the latest."""
        later = (repositories.c.id == repository) & (repositories.c.next_poll > now)
        with writing(self._engine) as connection:
            connection.execute(update(repositories).where(later).values(next_poll=now))

    def known(self, repository: int) -> Sequence[Release]:
        """All releases as `after_poll` needs them."""
        with self._engine.connect() as connection:
            return tracker_releases.known(connection, repository)

    def record(self, results: Iterable[PollResult]) -> None:
        """Write the results of polls, 200 repositories per transaction, with the announcements."""
        record(self._engine, results, self._summary_at)

    def releases(
        self, repository: int, size: int, after: Place | None = None, page: int = 1, sort: str = "-version"
    ) -> ReleasePage:
        """A page of the releases of a repository.

        Raises:
            NotTracked: there is no repository of that id.
            ValueError: unknown sort, `after` is not a place in that order, or page or size is less than 1.
        """
        with self._engine.connect() as connection:
            _require(connection, repository)
            return tracker_releases.page(connection, repository, size, after, page, sort)

    def count_releases(self, repository: int) -> int:
        """How many releases `releases` lists.

        Raises:
            NotTracked: there is no repository of that id.
        """
        with self._engine.connect() as connection:
            _require(connection, repository)
            return tracker_releases.count(connection, repository)

    def release(self, repository: int, release: int) -> Release:
        """One release.

        Raises:
            NotTracked: the repository or the release does not exist.
        """
        with self._engine.connect() as connection:
            return tracker_releases.one(connection, repository, release)

    def news(self, wanted: NewsFilter, size: int, after: Place | None = None, page: int = 1) -> NewsPage:
        """A page of the releases of all repositories, newest first.

        Raises:
            ValueError: `after` is not a place in that order, or page or size is less than 1.
        """
        with self._engine.connect() as connection:
            return news_page(connection, wanted, size, after, page)

    def count_news(self, wanted: NewsFilter, most: int | None = None) -> int:
        """How many releases `news` lists, counted up to `most`."""
        with self._engine.connect() as connection:
            return count_news(connection, wanted, most)

    def every_news(self, wanted: NewsFilter) -> Iterator[ReleaseNews]:
        """All that `news` lists."""
        return every_news(self._engine, wanted)

    def add_release(self, repository: int, release: FoundRelease) -> Release:
        """Add a release by hand.

        Raises:
            NotTracked: there is no repository of that id.
            Duplicate: the repository already has this version.
        """
        with writing(self._engine) as connection:
            return tracker_releases.add(connection, _read(connection, repository), release)

    def change_release(self, repository: int, release: int, fields: FoundRelease) -> Release:
        """Change a release by hand; from then on polls do not change it.

        Raises:
            NotTracked: the repository or the release does not exist.
            Duplicate: the repository already has this version.
        """
        with writing(self._engine) as connection:
            return tracker_releases.change(connection, _read(connection, repository), release, fields)

    def remove_release(self, repository: int, release: int) -> None:
        """Remove a release; polls do not add it again.

        Raises:
            NotTracked: the repository or the release does not exist.
        """
        with writing(self._engine) as connection:
            tracker_releases.remove(connection, repository, release)

    def skip_release(self, repository: int, release: int, skipped: SkippedRelease | None) -> Release:
        """Skip a release, or take that back with None.

        Raises:
            NotTracked: the repository or the release does not exist.
        """
        with writing(self._engine) as connection:
            return tracker_releases.skip(connection, repository, release, skipped)

    def acknowledge(self, repository: int, release: int) -> Release:
        """Nothing is new any more about a release and those that were found before it.

        Raises:
            NotTracked: the repository or the release does not exist.
        """
        with writing(self._engine) as connection:
            return tracker_releases.acknowledge(connection, repository, release)

    def note_in_use(self, in_use: Mapping[str, TagsInUse]) -> int:
        """Store which tags images are built from; returns how many repositories changed."""
        with writing(self._engine) as connection:
            return write_in_use(connection, in_use)


def _insert(connection: Connection, fields: RepositoryFields, now: datetime) -> int | None:
    """Insert a repository and return its id; None if the address is already tracked."""
    number = insert_new(connection, repositories, new_values(fields, now), key=("key",))
    if number is not None:
        connection.execute(insert(searched).values(repository=number, words=searched_text(fields)))
    return number


def _change(
    connection: Connection, repository: int, version: int, fields: RepositoryFields, *, same_releases: bool
) -> Tracked:
    before = _read(connection, repository)
    values: dict[str, Any] = {**field_values(fields), "version": version + 1}
    other_form = fields.wanted.tag_form != before.tag_form
    other_filter = other_form or fields.key != before.key or _lists_more(fields.wanted, before.wanted)
    if fields.address.key != before.address.key:
        silent = before.baseline or not same_releases
        values |= {**unpolled_values(), "in_use": "", "baseline": silent}
    elif other_filter or fields.address != before.address:
        values |= {"next_poll": NEVER, "memory": None, "baseline": before.baseline or other_filter}
    unchanged = (repositories.c.id == repository) & (repositories.c.version == version)
    if not connection.execute(update(repositories).where(unchanged).values(values)).rowcount:
        raise Conflict(f"someone else changed {before.name} in the meantime; read it again, then repeat the change")
    text = searched_text(fields)
    connection.execute(update(searched).where(searched.c.repository == repository).values(words=text))
    if other_filter:
        remove_unwanted(connection, repository, fields.wanted)
        reorder(connection, repository, fields.wanted.tag_form)
    write_updates(connection, [repository])
    return _read(connection, repository)


def _lists_more(wanted: WantedVersions, before: WantedVersions) -> bool:
    """Whether pre-releases are listed that were not: they are no news."""
    return before.prereleases is Prereleases.IGNORE and wanted.prereleases is not Prereleases.IGNORE


def _read(connection: Connection, repository: int) -> Tracked:
    row = connection.execute(with_latest.where(repositories.c.id == repository)).one_or_none()
    if row is None:
        raise _not_tracked(repository)
    return tracked_of(row)


def _require(connection: Connection, repository: int) -> None:
    if not connection.execute(select(repositories.c.id).where(repositories.c.id == repository)).all():
        raise _not_tracked(repository)


def _id_of(connection: Connection, key: str) -> int:
    number: int = connection.execute(select(repositories.c.id).where(repositories.c.key == key)).scalar_one()
    return number


def _not_tracked(repository: int) -> NotTracked:
    return NotTracked(f"there is no tracked repository {repository}")


def _duplicate(address: Address, number: int) -> Duplicate:
    return Duplicate(f"{address.path} is already tracked as repository {number}", number)
