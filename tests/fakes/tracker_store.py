"""The release tracker's records in memory, with the promises of the real stores."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from provider.errors import Conflict, Duplicate, NotTracked
from provider.notifications.message import Message
from provider.ports import Place
from provider.tracker.decisions.announcing import AnnouncedRepository, announcement, failure_announcements, poll_problem
from provider.tracker.decisions.deployed.updates import TagInUse, TagsInUse, updates_of
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import PollOutcome, PollResult
from provider.tracker.decisions.release import FoundRelease, Release, SkippedRelease
from provider.tracker.decisions.repository import Address, RepositoryState, Tracked, entry_key
from provider.tracker.decisions.versions.order import latest, precedence, sort_text
from provider.tracker.decisions.wanted import AnnouncedVersions, Prereleases
from provider.tracker.ports import (
    RELEASE_SORTS,
    REPOSITORY_SORTS,
    Counts,
    NewsFilter,
    NewsPage,
    PollCount,
    PollFigures,
    ReleaseNews,
    ReleasePage,
    RepositoryFields,
    RepositoryFilter,
    RepositoryPage,
)
from tests.fakes.outbox import FakeOutbox
from tests.fakes.tracker_news import fake_news, fake_news_page, matched_release, names_match
from tests.fakes.tracker_releases import FakeReleases

_NEVER = datetime.min.replace(tzinfo=UTC)
_MOMENTS = {"dateAdded", "lastPolled", "latestDate", "date"}
Item = TypeVar("Item", Tracked, Release)


def _announced(tracked: Tracked) -> AnnouncedRepository:
    version, url = (tracked.latest.version, tracked.latest.url) if tracked.latest else (None, None)
    return AnnouncedRepository(tracked.id, tracked.name, tracked.address, tracked.tag_form, version, url)


class FakeTrackerStore:
    """Implements `provider.tracker.ports.TrackerStore`; announcements go to the outbox that it is given."""

    def __init__(self, outbox: FakeOutbox | None = None) -> None:
        self._outbox = outbox or FakeOutbox()
        self._announced: set[str] = set()
        self._repositories: dict[int, Tracked] = {}
        self._releases: dict[int, FakeReleases] = {}
        self._in_use: Mapping[str, TagsInUse] = {}
        self._polls: Counter[tuple[RepositoryType, str, PollOutcome]] = Counter()
        self._ids, self._release_ids = count(1), count(1)

    def add(self, fields: RepositoryFields, now: datetime) -> Tracked:
        """Track a repository."""
        if there := self.find(fields.key):
            raise Duplicate(f"{fields.address.path} is already tracked as repository {there.id}", there.id)
        tracked = Tracked(next(self._ids), fields.name, now, fields.address, fields.notes, fields.wanted)
        tracked = replace(tracked, labels=fields.labels, deployed_version=fields.deployed_version)
        self._repositories[tracked.id] = tracked
        self._releases[tracked.id] = FakeReleases(self._release_ids)
        return tracked

    def add_all(self, many: Sequence[RepositoryFields], now: datetime) -> Sequence[int]:
        """Track the repositories that are not tracked yet."""
        there = [(self.find(fields.key) or self.add(fields, now)) for fields in many]
        return [tracked.id for tracked in there]

    def get(self, repository: int) -> Tracked:
        """One repository."""
        if repository not in self._repositories:
            raise NotTracked(f"there is no tracked repository {repository}")
        tracked, releases = self._repositories[repository], self._releases[repository]
        newest = latest(releases.kept.values(), tracked.tag_form, tracked.address.name)
        updates = updates_of(
            tracked.deployed_version,
            self._tags_in_use(tracked),
            releases.ranked(tracked.tag_form),
            newest.id if newest else None,
            tracked.tag_form,
        )
        unseen = [each.id for each in releases.kept.values() if each.unseen]
        updates = replace(updates, unseen=len(unseen), newest_unseen=max(unseen, default=None))
        return replace(tracked, latest=newest, updates=updates)

    def _tags_in_use(self, tracked: Tracked) -> Sequence[TagInUse]:
        is_container = tracked.address.type is RepositoryType.CONTAINER
        return self._in_use.get(tracked.address.path, TagsInUse()).tags if is_container else ()

    def find(self, key: str) -> Tracked | None:
        """The repository with this key."""
        return next((self.get(one.id) for one in self._repositories.values() if one.key == key), None)

    def address_keys(self, kind: RepositoryType) -> frozenset[str]:
        """The keys of all addresses of this type that are tracked."""
        return frozenset(one.address.key for one in self._repositories.values() if one.address.type is kind)

    def of_address(self, address: Address) -> Sequence[Tracked]:
        """The repositories with this address."""
        return [self.get(one.id) for one in self._repositories.values() if one.address.key == address.key]

    def change(
        self, repository: int, version: int, fields: RepositoryFields, *, same_releases: bool = False
    ) -> Tracked:
        """Store the changes of a person."""
        before, other = self.get(repository), self.find(fields.key)
        if before.version != version:
            raise Conflict(f"somebody changed {before.name} meanwhile")
        if other is not None and other.id != repository:
            raise Duplicate(f"{fields.address.path} is already tracked as repository {other.id}", other.id)
        if fields.address.key != before.address.key:
            silent = before.baseline or not same_releases
            before = Tracked(before.id, "", before.date_added, fields.address, baseline=silent)
        elif fields.address != before.address or _filters_differently(before, fields):
            silent = before.baseline or _filters_differently(before, fields)
            if silent:
                self._releases[repository].keep(fields.wanted)
            before = replace(before, next_poll=None, memory=None, baseline=silent)
        self._repositories[repository] = replace(
            before,
            name=fields.name,
            address=replace(fields.address, number=before.address.number),
            notes=fields.notes,
            wanted=fields.wanted,
            labels=fields.labels,
            deployed_version=fields.deployed_version,
            version=version + 1,
        )
        return self.get(repository)

    def remove(self, repository: int) -> None:
        """Stop tracking a repository."""
        self.get(repository)
        del self._repositories[repository], self._releases[repository]

    def page(self, wanted: RepositoryFilter, size: int, after: Place | None = None, page: int = 1) -> RepositoryPage:
        """A page of repositories."""
        items, end = _part(self._wanted(wanted), _repository_keys(), wanted.sort, size, after, page)
        matched = {one.id: matched_release(wanted.query or "", self._releases[one.id].kept.values()) for one in items}
        return RepositoryPage(items, end, {number: release for number, release in matched.items() if release})

    def count(self, wanted: RepositoryFilter) -> int:
        """The number of repositories that match the filter."""
        return len(self._wanted(wanted))

    def counts(self) -> Counts:
        """The numbers of repositories, of releases, and of repositories in each state."""
        states = Counter(one.state for one in self._repositories.values())
        releases = sum(len(one.kept) for one in self._releases.values())
        return Counts(len(self._repositories), releases, {state: states[state] for state in RepositoryState})

    def figures(self) -> PollFigures:
        """How polls go."""
        failing = [one for one in self._repositories.values() if one.error]
        since = [one.failing_since or one.error.at for one in failing if one.error]
        tracked = {(one.address.type, one.address.host or one.address.type.value) for one in self.everything()}
        counts = [PollCount(*key, polls) for key, polls in sorted(self._polls.items()) if key[:2] in tracked]
        return PollFigures(self.counts().by_state, min(since, default=None), tuple(counts))

    def everything(self) -> Iterator[Tracked]:
        """All of them by id."""
        return map(self.get, sorted(self._repositories))

    def due(self, now: datetime, limit: int) -> Sequence[Tracked]:
        """The repositories whose next poll is due."""
        found = [self.get(one.id) for one in self._repositories.values() if (one.next_poll or _NEVER) <= now]
        return sorted(found, key=lambda one: (one.next_poll or _NEVER, one.id))[:limit]

    def poll_soon(self, repository: int, now: datetime) -> None:
        """Let the next poll be due now at the latest."""
        if (one := self._repositories.get(repository)) and one.next_poll and one.next_poll > now:
            self._repositories[repository] = replace(one, next_poll=now)

    def known(self, repository: int) -> Sequence[Release]:
        """All releases, those that were removed as made by hand."""
        return self._releases[repository].known() if repository in self._releases else []

    def record(self, results: Iterable[PollResult]) -> None:
        """Store what polls found, and put the announcements into the outbox."""
        problems = []
        for result in results:
            tracked = self._repositories.get(result.repository)
            if tracked is not None and tracked.version == result.version:
                self._record(tracked, result)
                address = tracked.address
                self._polls[address.type, address.host or address.type.value, result.outcome] += 1
                if tracked.wanted.announce is not AnnouncedVersions.NOTHING:
                    problems.append(poll_problem(tracked.name, tracked.address.url, result, tracked.failing_since))
                self._follow(result)
        for message, at in failure_announcements([problem for problem in problems if problem]):
            self._put(message, at)

    def releases(
        self, repository: int, size: int, after: Place | None = None, page: int = 1, sort: str = "-version"
    ) -> ReleasePage:
        """A page of its releases."""
        form = self.get(repository).tag_form
        keys: dict[str, Callable[[Release], Any]] = {
            "version": lambda one: sort_text(precedence(one.version, form)),
            "date": lambda one: one.date or _NEVER,
        }
        assert set(keys) == set(RELEASE_SORTS)
        return ReleasePage(*_part(list(self._releases[repository].kept.values()), keys, sort, size, after, page))

    def count_releases(self, repository: int) -> int:
        """The number of releases."""
        self.get(repository)
        return len(self._releases[repository].kept)

    def release(self, repository: int, release: int) -> Release:
        """One release."""
        self.get(repository)
        return self._releases[repository].one(release)

    def news(self, wanted: NewsFilter, size: int, after: Place | None = None, page: int = 1) -> NewsPage:
        """A page of the releases of all repositories."""
        return fake_news_page(self._news(wanted), size, after, page)

    def count_news(self, wanted: NewsFilter, most: int | None = None) -> int:
        """The number of them, counted up to `most`."""
        return min(len(self._news(wanted)), most or len(self._news(wanted)))

    def every_news(self, wanted: NewsFilter) -> Iterator[ReleaseNews]:
        """All of them."""
        return iter(self._news(wanted))

    def add_release(self, repository: int, release: FoundRelease) -> Release:
        """Add one by hand."""
        self.get(repository)
        added = self._releases[repository].add(release, by_hand=True)
        assert added is not None
        return added

    def change_release(self, repository: int, release: int, fields: FoundRelease) -> Release:
        """Change one by hand."""
        self.get(repository)
        return self._releases[repository].change(release, fields)

    def remove_release(self, repository: int, release: int) -> None:
        """Remove one for good."""
        self.get(repository)
        self._releases[repository].remove(release)

    def skip_release(self, repository: int, release: int, skipped: SkippedRelease | None) -> Release:
        """Skip one, or take that back."""
        self.get(repository)
        return self._releases[repository].skip(release, skipped)

    def acknowledge(self, repository: int, release: int) -> Release:
        """Nothing is new about it and earlier ones."""
        self.get(repository)
        return self._releases[repository].acknowledge(release)

    def note_in_use(self, in_use: Mapping[str, TagsInUse]) -> int:
        """Store which tags are in use."""
        containers = [one for one in self._repositories.values() if one.address.type is RepositoryType.CONTAINER]
        before = [self._tags_in_use(one) for one in containers]
        self._in_use = dict(in_use)
        return sum(self._tags_in_use(one) != tags for one, tags in zip(containers, before, strict=True))

    def _record(self, tracked: Tracked, result: PollResult) -> None:
        self._releases[tracked.id].poll(result)
        self._repositories[tracked.id] = replace(
            tracked,
            address=replace(tracked.address, number=result.number),
            last_polled=result.last_polled,
            error=result.error,
            failures=result.failures,
            dead=result.dead,
            next_poll=result.next_poll,
            memory=result.memory,
            baseline=result.baseline,
            missing=result.missing,
            waiting=result.waiting,
            failing_since=result.failing_since,
            failure_told=result.failure_told,
            read_whole_at=result.read_whole_at,
        )
        if result.announce and result.last_polled is not None:
            message = announcement(_announced(self.get(tracked.id)), result.announce)
            self._put(message, result.last_polled)

    def _follow(self, result: PollResult) -> None:
        if rename := result.rename:
            tracked = self._repositories[result.repository]
            address = tracked.address.renamed(rename.now)
            if self.find(entry_key(address, tracked.wanted)) is None:
                tracked = replace(tracked, address=address, version=tracked.version + 1)
            elif tracked.rename and (tracked.rename.before, tracked.rename.now) == (rename.before, rename.now):
                return
            self._repositories[tracked.id] = replace(tracked, rename=rename)

    def _put(self, message: Message, at: datetime) -> None:
        if message.id not in self._announced:
            self._announced.add(message.id)
            self._outbox.put(message, at)

    def _news(self, wanted: NewsFilter) -> list[ReleaseNews]:
        return fake_news(wanted, ((one, self._releases[one.id].kept.values()) for one in self.everything()))

    def _wanted(self, wanted: RepositoryFilter) -> list[Tracked]:
        query = wanted.query or ""
        return [
            one
            for one in self.everything()
            if wanted.type in {None, one.address.type}
            and wanted.state in {None, one.state}
            and wanted.deployed in {None, one.updates.deployed.result.status if one.updates.deployed else ""}
            and (names_match(one, query) or matched_release(query, self._releases[one.id].kept.values()))
        ]


def _repository_keys() -> dict[str, Callable[[Tracked], Any]]:
    keys: dict[str, Callable[[Tracked], Any]] = {
        "name": lambda one: one.name.casefold(),
        "type": lambda one: one.address.type.value,
        "dateAdded": lambda one: one.date_added,
        "lastPolled": lambda one: one.last_polled or _NEVER,
        "latestVersion": lambda one: (
            "" if one.latest is None else sort_text(precedence(one.latest.version, one.tag_form))
        ),
        "latestDate": lambda one: (one.latest.date if one.latest else None) or _NEVER,
        "state": lambda one: one.state.value,
        "deployed": lambda one: one.updates.order,
    }
    assert set(keys) == set(REPOSITORY_SORTS)
    return keys


def _part(
    items: list[Item], keys: dict[str, Callable[[Item], Any]], sort: str, size: int, after: Place | None, page: int
) -> tuple[tuple[Item, ...], Place | None]:
    if page < 1 or size < 1:
        raise ValueError(f"page {page} of size {size} cannot be")
    if sort.removeprefix("-") not in keys:
        raise ValueError(f"cannot sort by {sort!r}")
    key, down = keys[sort.removeprefix("-")], sort.startswith("-")
    ranked = sorted(((key(item), item.id, item) for item in items), key=lambda one: one[:2], reverse=down)
    if after is not None:
        place = (_key_of(after.key, like=_NEVER if sort.lstrip("-") in _MOMENTS else ""), int(after.name))
        ranked = [one for one in ranked if (one[:2] < place if down else one[:2] > place)]
    part = ranked[(page - 1) * size : page * size]
    last = Place(_text_of(part[-1][0]), str(part[-1][1])) if len(ranked) > page * size else None
    return tuple(item for _, _, item in part), last


def _key_of(text: str, *, like: object) -> object:
    if not isinstance(like, datetime):
        return text
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment


def _text_of(key: object) -> str:
    return key.isoformat() if isinstance(key, datetime) else str(key)


def _filters_differently(before: Tracked, fields: RepositoryFields) -> bool:
    more = before.wanted.prereleases is Prereleases.IGNORE and fields.wanted.prereleases is not Prereleases.IGNORE
    return more or fields.key != before.key or fields.wanted.tag_form != before.tag_form
