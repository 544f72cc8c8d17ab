"""The contract of the release tracker's store, over the fake and over each database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from provider.errors import Conflict, Duplicate, NotTracked
from provider.notifications.message import Message, MessageKind
from provider.tracker.decisions.deployed.comparing import DeployedStatus, UpdateTarget
from provider.tracker.decisions.deployed.updates import NO_UPDATES, TagInUse, TagsInUse
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.outcomes import Found, PollFailure, UnchangedList
from provider.tracker.decisions.release import FoundRelease, SkippedRelease
from provider.tracker.decisions.repository import Rename, RepositoryState, Tracked, TrackingError, TrackingWait
from provider.tracker.decisions.wanted import Prereleases, WantedVersions
from provider.tracker.ports import RepositoryFilter, TrackerStore
from tests.contracts.tracker_subjects import (
    HOUR,
    KINDS,
    NOW,
    Subject,
    fields,
    polled,
    subject_of,
)


@pytest.fixture(params=KINDS)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    """An empty store of each kind, and its outbox."""
    yield from subject_of(request.param, tmp_path)


@pytest.fixture
def store(subject: Subject) -> TrackerStore:
    """The store of the subject."""
    return subject.store


def _versions(store: TrackerStore, number: int, sort: str = "-version") -> list[str]:
    return [release.version for release in store.releases(number, 100, sort=sort).items]


def test_tracker_repositories_are_added_read_changed_and_removed(store: TrackerStore) -> None:
    """Every field of a repository is stored, and a removed repository's releases are removed too."""
    added = store.add(fields("https://github.com/Acme/App", notes="Ours.\0\ud800"), NOW)
    assert (added.id, added.date_added, added.last_polled, added.latest) == (added.id, NOW, None, None)
    assert store.get(added.id).address == added.address
    store.record([polled(store, added.id, ["1.0.0"])])

    changed = store.change(added.id, 1, fields("https://github.com/Acme/App", name="Portal", notes="New."))
    assert (changed.name, changed.notes, changed.version) == ("Portal", "New.", 2)
    assert changed.last_polled == NOW

    store.remove(added.id)
    with pytest.raises(NotTracked):
        store.get(added.id)
    with pytest.raises(NotTracked):
        store.releases(added.id, 10)
    assert store.known(added.id) == []
    with pytest.raises(NotTracked):
        store.remove(added.id)
    assert store.add(fields("acme/other"), NOW).id != added.id


def test_tracker_releases_are_added_read_changed_and_removed(store: TrackerStore) -> None:
    """Every field of a release is stored, and the repository's latest release follows."""
    number = store.add(fields("acme/app"), NOW).id
    given = FoundRelease("1.0.0", NOW, "*notes*", "https://example.org/1", "ab" * 20)
    added = store.add_release(number, given)
    assert store.release(number, added.id) == added
    assert store.get(number).latest == added

    changed = store.change_release(number, added.id, replace(given, version="2.0.0", notes="x", date=None))
    assert (changed.version, changed.notes, changed.date, changed.by_hand) == ("2.0.0", "x", None, True)
    assert store.get(number).latest == changed

    store.remove_release(number, added.id)
    assert store.get(number).latest is None
    assert store.count_releases(number) == 0
    with pytest.raises(NotTracked):
        store.release(number, added.id)
    with pytest.raises(NotTracked):
        store.add_release(number + 1, given)


def test_tracker_a_duplicate_is_refused_with_the_existing_id(store: TrackerStore) -> None:
    """Another spelling of an address is the same address, for new and for changed repositories."""
    first = store.add(fields("https://github.com/acme/app"), NOW)
    second = store.add(fields("https://gitlab.com/acme/app.git"), NOW)

    with pytest.raises(Duplicate) as refused:
        store.add(fields("git@github.com:Acme/App.git"), NOW)
    assert refused.value.id == first.id
    with pytest.raises(Duplicate) as refused:
        store.change(second.id, 1, fields("acme/app"))
    assert refused.value.id == first.id
    assert store.get(second.id) == second
    found = store.find(fields("ssh://git@gitlab.com/acme/app").key)
    assert found is not None
    assert found.id == second.id
    assert list(store.add_all([fields("acme/new"), fields("ACME/app")], NOW))[1] == first.id


def test_of_two_that_add_at_once_one_is_refused(store: TrackerStore) -> None:
    """Of several threads that add one address at the same time, one adds it, and the others get its id."""

    def add(_: int) -> int:
        try:
            return store.add(fields("acme/app"), NOW).id
        except Duplicate as refused:
            return -refused.id

    with ThreadPoolExecutor(1 if "Fake" in type(store).__name__ else 4) as threads:
        answers = list(threads.map(add, range(4)))

    assert sum(answer > 0 for answer in answers) == 1
    assert len({abs(answer) for answer in answers}) == 1


def test_an_old_form_overwrites_nothing(store: TrackerStore) -> None:
    """A change of a repository that another person changed is refused; a poll is no such change."""
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    store.change(number, 1, fields("acme/app", name="first"))

    with pytest.raises(Conflict):
        store.change(number, 1, fields("acme/app", name="second"))
    assert store.get(number).name == "first"


def test_tracker_a_poll_writes_what_it_found(subject: Subject) -> None:
    """After a successful poll its releases and its time are stored; the next poll is due an interval later."""
    store = subject.store
    number = store.add(fields("acme/app"), NOW).id
    assert [one.id for one in store.due(NOW, 10)] == [number]
    store.record([polled(store, number, ["1.0.0", "1.10.0", "1.9.0", "2.0.0-rc.1"])])

    tracked = store.get(number)
    assert (tracked.last_polled, tracked.next_poll, tracked.memory) == (NOW, NOW + HOUR, "memory")
    assert tracked.latest is not None
    assert tracked.latest.version == "1.10.0"
    assert _versions(store, number) == ["2.0.0-rc.1", "1.10.0", "1.9.0", "1.0.0"]
    assert store.due(NOW, 10) == []
    assert subject.outbox.due(10) == []


def test_tracker_new_releases_are_put_into_one_message(subject: Subject) -> None:
    """Several releases of one poll are one message with a stable id, stored with them; none is announced twice."""
    store = subject.store
    number = store.add(fields("acme/app", name="App"), NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    result = polled(store, number, ["1.0.0", "1.1.0", "1.2.0"], NOW + HOUR)
    store.record([result])
    store.record([result])

    (message,) = subject.outbox.due(10)
    assert (message.kind, message.subject, message.receipt, message.tried) == ("releases", "App", None, False)
    told = message.body["releases"]
    assert isinstance(told, list)
    assert [one["version"] for one in told] == ["1.2.0", "1.1.0"]
    assert store.count_releases(number) == 3


def test_tracker_an_error_is_kept_and_last_polled_stays(store: TrackerStore) -> None:
    """A failed poll changes neither releases nor the time of the last success."""
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    store.record([polled(store, number, PollFailure("no such repository"), NOW + HOUR)])

    tracked = store.get(number)
    assert (tracked.last_polled, tracked.failures, tracked.state) == (NOW, 1, RepositoryState.ERROR)
    assert tracked.error is not None
    assert (tracked.error.at, tracked.error.message) == (NOW + HOUR, "no such repository")
    assert _versions(store, number) == ["1.0.0"]
    store.record([polled(store, number, UnchangedList(), NOW + 2 * HOUR)])
    assert store.get(number).error is None


def test_tracker_a_rate_limit_is_kept_apart_from_errors(store: TrackerStore) -> None:
    """The time of the next poll and its reason are stored; the error stays as it was."""
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    until = NOW + HOUR / 2
    store.record([polled(store, number, PollFailure("slow down", until), NOW)])
    waiting = store.get(number)
    assert (waiting.state, waiting.waiting) == (RepositoryState.WAITING, TrackingWait(until, "slow down"))
    assert (waiting.error, waiting.next_poll, waiting.last_polled) == (None, until, NOW)
    assert store.count(RepositoryFilter(state=RepositoryState.WAITING)) == 1

    store.record([polled(store, number, PollFailure("gone"), until)])
    store.record([polled(store, number, PollFailure("slow down", NOW + HOUR), until)])
    limited = store.get(number)
    assert (limited.state, limited.failing_since) == (RepositoryState.WAITING, until)
    assert limited.error == TrackingError(until, "gone")
    store.record([polled(store, number, UnchangedList(), NOW + HOUR)])
    assert (store.get(number).state, store.get(number).waiting) == (RepositoryState.OK, None)


def test_tracker_repositories_that_fail_for_a_day_are_one_message(subject: Subject) -> None:
    """One more comes when they are given up or can be read again; each is written once."""
    store, failure = subject.store, PollFailure("404: there is none")
    numbers = [store.add(fields(f"acme/app{each}"), NOW).id for each in range(3)]
    for hours in (0, 23, 24, 25):
        store.record([polled(store, number, failure, NOW + hours * HOUR) for number in numbers])
    told = _failures(subject)
    assert [(each["count"], each["over"]) for each in told] == [(3, False)]
    assert told[0]["title"] == "The releases of 3 repositories could not be read for a day"
    items = told[0]["items"]
    assert isinstance(items, list)
    assert items[0]["name"].startswith("app0 (https://github.com/acme/app0)")
    assert items[0]["message"] == "404: there is none"

    for hour in range(26, 130):
        store.record([polled(store, numbers[0], failure, NOW + hour * HOUR)])
    store.record([polled(store, number, UnchangedList(), NOW + 200 * HOUR) for number in numbers[:2]])
    titles = [each["title"] for each in _failures(subject)]
    assert titles[1:] == [
        "app0: too many polls failed, so it is polled once a day only",
        "The releases of 2 repositories can be read again",
    ]


def _failures(subject: Subject) -> list[dict[str, Any]]:
    found = []
    for message in subject.outbox.due(100):
        assert message.kind is MessageKind.FAILURE
        found.append(dict(message.body))
    return found


def test_tracker_polls_are_counted(store: TrackerStore) -> None:
    """By type, host and outcome; of hosts of which nothing is tracked any more they are left out."""
    assert (store.figures().failing_since, store.figures().counts) == (None, ())
    numbers = [store.add(fields(url), NOW).id for url in ("acme/app", "ghcr.io/acme/app", "https://h/a.git")]
    for hours, outcome in ((0, PollFailure("gone")), (1, PollFailure("gone")), (2, PollFailure("wait", NOW))):
        store.record([polled(store, number, outcome, NOW + hours * HOUR) for number in numbers])
    store.record([polled(store, numbers[1], UnchangedList(), NOW + 3 * HOUR)])
    store.remove(numbers[2])
    figures = store.figures()
    assert figures.failing_since == NOW
    assert figures.by_state[RepositoryState.WAITING] == 1
    assert [(each.host, each.outcome.value, each.polls) for each in figures.counts] == [
        ("ghcr.io", "failed", 2),
        ("ghcr.io", "ok", 1),
        ("ghcr.io", "waiting", 1),
        ("github", "failed", 2),
        ("github", "waiting", 1),
    ]


def _renamed(store: TrackerStore, number: int, path: str, at: datetime = NOW) -> Tracked:
    found = Found(None, (FoundRelease("1.0.0"),), number=77, path=path)
    store.record([polled(store, number, found, at)])
    return store.get(number)


def test_tracker_a_rename_changes_the_address(store: TrackerStore) -> None:
    """Everything that finds the repository finds it by its new address; other fields stay."""
    number = store.add(fields("https://github.com/acme/app", name="App", notes="Ours."), NOW).id
    after = _renamed(store, number, "globex/tool")
    assert (after.address.url, after.address.path) == ("https://github.com/globex/tool", "globex/tool")
    assert (after.address.number, after.rename, after.version) == (77, Rename("acme/app", "globex/tool", NOW), 2)
    assert (after.name, after.notes) == ("App", "Ours.")
    assert store.count(RepositoryFilter(query="globex/tool")) == 1
    assert store.count(RepositoryFilter(query="acme/app")) == 0
    found = store.find("github:globex/tool")
    assert found is not None
    assert (found.id, store.find("github:acme/app")) == (number, None)

    same = store.change(number, 2, fields("https://github.com/globex/tool", name="Tool"))
    assert (same.address.number, same.rename) == (77, after.rename)
    moved = store.change(number, 3, fields("https://github.com/acme/other"))
    assert (moved.address.number, moved.rename, moved.baseline) == (None, None, True)


def test_tracker_a_rename_to_an_address_that_is_tracked_changes_none(store: TrackerStore) -> None:
    """It is noted with its first time; with another filter, the address is free."""
    store.add(fields("globex/tool", name="Tool"), NOW)
    number = store.add(fields("acme/app", name="App"), NOW).id
    _renamed(store, number, "globex/tool")
    after = _renamed(store, number, "globex/tool", NOW + HOUR)
    assert (after.address.path, after.rename, after.version) == ("acme/app", Rename("acme/app", "globex/tool", NOW), 1)
    filtered = store.add(fields("acme/app", wanted=WantedVersions(TagForm.ANY, include="^1")), NOW).id
    assert _renamed(store, filtered, "globex/tool").address.path == "globex/tool"


def test_tracker_a_new_address_of_the_same_releases_is_not_silent(store: TrackerStore) -> None:
    """A repository that was never polled stays silent."""
    number = store.add(fields("acme/app"), NOW).id
    assert store.change(number, 1, fields("acme/tool"), same_releases=True).baseline
    store.record([polled(store, number, ["1.0.0"])])
    assert not store.change(number, 2, fields("acme/other"), same_releases=True).baseline
    assert store.change(number, 3, fields("acme/another")).baseline


def test_what_a_person_wrote_stays(subject: Subject) -> None:
    """Polls do not change, restore or announce a release that a person added, changed, renamed or removed."""
    store = subject.store
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0", "1.1.0", "1.2.0"])])
    mine = {release.version: release.id for release in store.known(number)}
    store.change_release(number, mine["1.0.0"], FoundRelease("1.0.0", None, "mine"))
    store.change_release(number, mine["1.1.0"], FoundRelease("1.1.1"))
    store.remove_release(number, mine["1.2.0"])
    store.add_release(number, FoundRelease("3.0.0"))
    store.record([polled(store, number, ["1.0.0", "1.1.0", "1.2.0", "3.0.0"], NOW + HOUR)])

    assert _versions(store, number) == ["3.0.0", "1.1.1", "1.0.0"]
    assert store.release(number, mine["1.0.0"]).notes == "mine"
    assert subject.outbox.due(10) == []
    with pytest.raises(Duplicate) as refused:
        store.add_release(number, FoundRelease("1.0.0"))
    assert refused.value.id == mine["1.0.0"]
    assert store.add_release(number, FoundRelease("1.2.0")).version == "1.2.0"


def test_a_poll_of_a_repository_that_changed_meanwhile_is_dropped(subject: Subject) -> None:
    """Releases of an old address are not stored."""
    store = subject.store
    moved, gone = (store.add(fields(url), NOW).id for url in ("acme/app", "acme/gone"))
    results = [polled(store, moved, ["1.0.0"]), polled(store, gone, ["1.0.0"])]
    store.change(moved, 1, fields("acme/moved"))
    store.remove(gone)
    store.record(results)

    assert store.count_releases(moved) == 0
    assert store.get(moved).last_polled is None


def test_a_repository_can_be_polled_soon(store: TrackerStore) -> None:
    """One that is due already keeps its place; one that is not tracked is nothing."""
    waiting, due = (store.add(fields(url), NOW).id for url in ("acme/app", "acme/due"))
    store.record([polled(store, waiting, ["1.0.0"])])
    assert [each.id for each in store.due(NOW, 9)] == [due]
    for repository in (waiting, due, 9999):
        store.poll_soon(repository, NOW)
    assert [each.id for each in store.due(NOW, 9)] == [due, waiting]


def test_another_address_or_form_is_polled_at_once_and_silently(subject: Subject) -> None:
    """Releases that another tag form matches are not announced, and the latest release is determined again."""
    store = subject.store
    number = store.add(fields("node", form=TagForm.SEMVER), NOW).id
    store.record([polled(store, number, ["1.0.0", "1.1.0-acme"])])
    assert store.get(number).latest == next(one for one in store.known(number) if one.version == "1.0.0")

    changed = store.change(number, 1, fields("node", form=TagForm.SUFFIXED))
    assert changed.latest is not None
    assert changed.latest.version == "1.1.0-acme"
    assert (changed.next_poll, changed.memory, changed.last_polled) == (None, None, NOW)
    store.record([polled(store, number, ["1.0.0", "1.1.0-acme", "1.2.0-slim"], NOW + HOUR)])
    assert subject.outbox.due(10) == []
    other = store.change(number, 2, fields("ghcr.io/acme/app"))
    assert (other.last_polled, other.state) == (None, RepositoryState.NEVER)


def test_a_message_is_sent_once_and_updated(subject: Subject) -> None:
    """A sent message is due again only with another body; an attempt and its outcome are stored."""
    outbox = subject.outbox
    outbox.put(Message("rebuild-1", MessageKind.REBUILD, "app", {"status": "started"}), NOW)
    outbox.put(Message("rebuild-1", MessageKind.REBUILD, "app", {"status": "started"}), NOW)
    (message,) = outbox.due(10)
    outbox.trying(message)
    (tried,) = outbox.due(10)
    assert tried == replace(message, tried=True)

    outbox.put(Message("rebuild-1", MessageKind.REBUILD, "app", {"status": "done"}), NOW + HOUR)
    outbox.sent(tried, "17.4")
    (newer,) = outbox.due(10)
    assert (newer.body, newer.receipt, newer.tried) == ({"status": "done"}, "17.4", False)
    outbox.sent(newer, "17.4")
    assert outbox.due(10) == []


def test_a_message_keeps_its_place(subject: Subject) -> None:
    """A message that did not arrive stays due before the others; what has arrived is forgotten."""
    outbox = subject.outbox
    for place, name in enumerate("bac"):
        outbox.put(Message(name, MessageKind.FAILURE, name), NOW + timedelta(seconds=place))
    first, second, _ = outbox.due(10)
    assert (first.id, second.id) == ("b", "a")
    outbox.not_sent(first)

    assert [message.id for message in outbox.due(10)] == ["b", "a", "c"]
    outbox.sent(second, "1")
    outbox.forget(NOW + HOUR)
    assert [message.id for message in outbox.due(10)] == ["b", "c"]


def test_a_refused_message_waits_for_a_person(subject: Subject) -> None:
    """It is not due until it is resumed or has another body."""
    outbox = subject.outbox
    outbox.put(Message("a", MessageKind.FAILURE, "app", {"text": "1"}), NOW)
    (message,) = outbox.due(10)
    outbox.trying(message)
    outbox.refused(message, "channel_not_found")
    outbox.forget(NOW + HOUR)
    assert outbox.due(10) == []

    outbox.take_up_refused()
    (message,) = outbox.due(10)
    outbox.refused(message, "channel_not_found")
    outbox.put(Message("a", MessageKind.FAILURE, "app", {"text": "2"}), NOW)
    assert [one.body for one in outbox.due(10)] == [{"text": "2"}]


def test_tracker_an_address_can_be_tracked_once_for_each_filter(store: TrackerStore) -> None:
    """Entries with other filters are other repositories; the same filter is a duplicate, in any spelling."""
    charts = WantedVersions(TagForm.ANY, include="^helm-chart-")
    plain = store.add(fields("acme/app"), NOW)
    chart = store.add(fields("acme/app", wanted=charts), NOW)

    with pytest.raises(Duplicate) as refused:
        store.add(fields("https://github.com/ACME/app", wanted=charts), NOW)
    assert refused.value.id == chart.id
    with pytest.raises(Duplicate):
        store.change(plain.id, 1, fields("acme/app", wanted=charts))
    assert [one.id for one in store.of_address(plain.address)] == [plain.id, chart.id]
    assert store.of_address(fields("acme/app2").address) == []
    assert store.address_keys(RepositoryType.GITHUB) == {plain.address.key}
    assert store.address_keys(RepositoryType.GIT) == frozenset()
    assert (found := store.find(chart.key)) is not None
    assert (found.id, found.wanted) == (chart.id, charts)


def test_tracker_another_filter_is_silent_and_withdraws_nothing(subject: Subject) -> None:
    """Releases that it does not let through are removed; those by hand stay; what it lets through is no news."""
    store = subject.store
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["v1.0.0", "v1.1.0", "chart-9.0.0"])])
    store.add_release(number, FoundRelease("by-hand-1.0"))
    wanted = WantedVersions(TagForm.ANY, include="^chart", prereleases=Prereleases.IGNORE)

    changed = store.change(number, 1, fields("acme/app", wanted=wanted))

    assert {one.version for one in store.known(number)} == {"chart-9.0.0", "by-hand-1.0"}
    assert (changed.next_poll, changed.memory, changed.baseline) == (None, None, True)
    store.record([polled(store, number, ["chart-9.0.0", "chart-9.1.0", "chart-9.2.0-rc1"], NOW + HOUR)])
    assert {one.version for one in store.known(number)} == {"chart-9.0.0", "chart-9.1.0", "by-hand-1.0"}
    assert not any(one.withdrawn for one in store.known(number))
    assert subject.outbox.due(10) == []
    more = store.change(number, 2, fields("acme/app", wanted=replace(wanted, prereleases=Prereleases.TELL)))
    assert more.baseline


def test_tracker_labels_and_the_deployed_version_are_kept(store: TrackerStore) -> None:
    """They change nothing of the polls, and labels are searched."""
    given = replace(fields("acme/app"), labels=("ours", "team:a"), deployed_version="v1.0.0")
    tracked = store.add(given, NOW)
    store.record([polled(store, tracked.id, ["v1.0.0"])])
    changed = store.change(tracked.id, 1, replace(given, labels=("theirs",)))

    assert (changed.labels, changed.deployed_version, changed.next_poll) == (("theirs",), "v1.0.0", NOW + HOUR)
    assert [one.id for one in store.page(RepositoryFilter(query="theirs"), 9).items] == [tracked.id]


def test_tracker_variants_of_one_version_are_one_release(subject: Subject) -> None:
    """Tags that are pushed one after the other are kept with the release, and announced in one message."""
    store = subject.store
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    tags, at = ["1.0.0"], NOW
    for pushed in (["1.1.0-amd64"], ["1.1.0-arm64"], ["1.1.0-alpine", "1.1.0-debug"], ["1.1.0"]):
        tags, at = tags + pushed, at + HOUR
        store.record([polled(store, number, tags, at)])

    assert _versions(store, number) == ["1.1.0", "1.0.0"]
    newest = store.releases(number, 1).items[0]
    assert newest.variants == ("1.1.0-alpine", "1.1.0-amd64", "1.1.0-arm64", "1.1.0-debug")
    assert (newest.tag, newest.first_seen) == (None, NOW + HOUR)
    (message,) = subject.outbox.due(9)
    told = message.body["releases"]
    assert isinstance(told, list)
    assert [(one["version"], one["variants"]) for one in told] == [("1.1.0", ["1.1.0-amd64"])]


def test_tracker_stored_variants_are_merged_silently(subject: Subject) -> None:
    """One row stays, under the name of the version, and is the latest release; what a person edited stays as it is."""
    store = subject.store
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0-alpine"])])
    alpine = store.releases(number, 9).items[0]
    assert alpine.version == "1.0.0-alpine"

    found = ["1.0.0-alpine", "1.0.0-slim"]
    mine = store.add_release(number, FoundRelease("1.0.0-slim", notes="ours"))
    store.record([polled(store, number, found, NOW + HOUR)])
    assert store.release(number, mine.id) == mine

    store.remove_release(number, mine.id)
    store.record([polled(store, number, [*found, "1.0.0-bookworm"], NOW + 2 * HOUR)])
    assert [(one.id, one.version, one.variants) for one in store.releases(number, 9).items] == [
        (alpine.id, "1.0.0", ("1.0.0-alpine", "1.0.0-bookworm"))
    ]
    latest = store.get(number).latest
    assert latest is not None
    assert latest.id == alpine.id
    assert not subject.outbox.due(9)


def test_a_version_that_a_person_added_during_a_poll_keeps_its_name(subject: Subject) -> None:
    """A stored variant of it does not take the name as well, and nothing else of the poll is lost."""
    store = subject.store
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0-alpine"])])
    result = polled(store, number, ["1.0.0-alpine", "1.0.0-slim", "2.0.0"], NOW + HOUR)
    store.add_release(number, FoundRelease("1.0.0", notes="ours"))
    store.record([result])
    assert sorted(_versions(store, number)) == ["1.0.0", "1.0.0-alpine", "2.0.0"]


_SKIPPED = SkippedRelease("breaks the login", "mia", NOW)


def _deployed(store: TrackerStore, number: int) -> tuple[str, DeployedStatus, int]:
    """What is deployed, its status, and how many releases are newer."""
    deployed = store.get(number).updates.deployed
    assert deployed
    return deployed.version, deployed.result.status, deployed.result.newer.releases


def test_tracker_the_deployed_version_is_compared_whenever_something_changes(store: TrackerStore) -> None:
    """A poll, a change of the deployed version, a skip, an added and a removed release: each counts at once."""
    ours = replace(fields("acme/app"), deployed_version="1.0")
    number = store.add(ours, NOW).id
    assert store.get(number).updates.deployed is None or _deployed(store, number)[1] is DeployedStatus.UNKNOWN
    store.record([polled(store, number, ["1.0.0", "1.1.0", "2.0.0"])])
    assert _deployed(store, number) == ("1.0", DeployedStatus.BEHIND, 2)

    added = store.add_release(number, FoundRelease("3.0.0"))
    assert _deployed(store, number)[2] == 3
    store.skip_release(number, added.id, _SKIPPED)
    assert _deployed(store, number)[2] == 2
    store.remove_release(number, added.id)
    assert store.get(number).updates.skipped == ()
    store.change(number, 1, replace(ours, deployed_version="2.0.0"))
    assert _deployed(store, number) == ("2.0.0", DeployedStatus.CURRENT, 0)
    store.change(number, 2, replace(ours, deployed_version=""))
    assert store.get(number).updates == NO_UPDATES


def test_tracker_a_skipped_release_is_not_the_latest(store: TrackerStore) -> None:
    """It is named, with who skipped it and why; polls keep that, and it can be taken back."""
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0", "1.1.0"])])
    skipped = store.get(number).latest
    assert skipped

    after = store.skip_release(number, skipped.id, _SKIPPED)
    assert (after.skipped, store.release(number, skipped.id)) == (_SKIPPED, after)
    store.record([polled(store, number, ["1.0.0", "1.1.0", "0.9.0"], NOW + HOUR)])
    tracked = store.get(number)
    assert tracked.latest
    assert (tracked.latest.version, tracked.updates.skipped) == ("1.0.0", (UpdateTarget(skipped.id, "1.1.0"),))
    assert [one.skipped for one in store.known(number) if one.version == "1.1.0"] == [_SKIPPED]

    assert store.skip_release(number, skipped.id, None).skipped is None
    tracked = store.get(number)
    assert (tracked.latest, tracked.updates.skipped) == (store.release(number, skipped.id), ())
    with pytest.raises(NotTracked):
        store.skip_release(number + 1, skipped.id, _SKIPPED)


def test_every_release_can_be_skipped(store: TrackerStore) -> None:
    """Then the repository has no latest release, until something newer comes out."""
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    store.skip_release(number, store.known(number)[0].id, _SKIPPED)
    assert store.get(number).latest is None
    store.record([polled(store, number, ["1.0.0", "1.1.0"], NOW + HOUR)])
    assert [store.get(number).latest] == [one for one in store.known(number) if one.version == "1.1.0"]


def test_tracker_a_release_is_new_until_a_person_has_seen_it(store: TrackerStore) -> None:
    """The first poll finds nothing new; what later polls find is new until it is acknowledged."""
    number = store.add(fields("acme/app"), NOW).id
    store.record([polled(store, number, ["1.0.0"])])
    assert store.get(number).updates.unseen == 0
    for hours, version in enumerate(("1.1.0", "1.2.0", "1.3.0"), 1):
        listed = ["1.0.0", *(one.version for one in store.known(number)), version]
        store.record([polled(store, number, listed, NOW + hours * HOUR)])
    unseen = {one.version: one.id for one in store.known(number) if one.unseen}
    assert list(unseen) == ["1.1.0", "1.2.0", "1.3.0"]
    assert (store.get(number).updates.unseen, store.get(number).updates.newest_unseen) == (3, unseen["1.3.0"])

    assert store.acknowledge(number, unseen["1.2.0"]).unseen is False
    assert store.get(number).updates.unseen == 1
    assert store.skip_release(number, unseen["1.3.0"], _SKIPPED).unseen is False
    assert store.get(number).updates.newest_unseen is None
    with pytest.raises(NotTracked):
        store.acknowledge(number, 10_000)


def test_a_known_release_with_news_is_new_again(store: TrackerStore) -> None:
    """A pre-release that is promoted; one whose notes changed is not."""
    number = store.add(fields("acme/app"), NOW).id
    first = (FoundRelease("1.0.0", prerelease=True), FoundRelease("0.9.0"))
    store.record([polled(store, number, Found(None, first, None))])
    later = (FoundRelease("1.0.0"), FoundRelease("0.9.0", notes="more"))
    store.record([polled(store, number, Found(None, later, None), NOW + HOUR)])
    assert [one.version for one in store.known(number) if one.unseen] == ["1.0.0"]


def test_tracker_tags_in_use_are_compared_with_the_releases_of_their_repository(store: TrackerStore) -> None:
    """Only containers with exactly this address have them; what is no longer in use is forgotten."""
    node = store.add(fields("https://hub.docker.com/_/node", form=TagForm.SEMVER), NOW).id
    other = store.add(fields("ghcr.io/acme/node", form=TagForm.SEMVER), NOW).id
    source = store.add(fields("library/node"), NOW).id
    for number in (node, other, source):
        store.record([polled(store, number, ["20.1.0", "22.1.0"])])
    tags = TagsInUse((TagInUse("20-slim", False, ("api", "web"), 2), TagInUse("22", False, ("new",), 1)))

    assert store.note_in_use({"docker.io/library/node": tags, "docker.io/library/python": tags}) == 1
    assert _deployed(store, node) == ("20-slim", DeployedStatus.BEHIND, 1)
    assert [tag.used.tag for tag in store.get(node).updates.in_use] == ["20-slim", "22"]
    assert [store.get(number).updates for number in (other, source)] == [NO_UPDATES] * 2
    assert store.note_in_use({"docker.io/library/node": tags}) == 0
    store.record([polled(store, node, ["20.1.0", "22.1.0", "24.0.0"], NOW + HOUR)])
    assert _deployed(store, node)[2] == 2
    assert store.note_in_use({}) == 1
    assert (store.get(node).updates.deployed, store.get(node).updates.in_use) == (None, ())
