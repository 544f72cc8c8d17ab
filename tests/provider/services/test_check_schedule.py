"""The times of checks, in one process and in several."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalog.reference import ImageReference
from provider.domain.ledger import Ledger
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, ImageState
from provider.domain.times.check_times import CheckTimes
from provider.services.check_schedule import CheckedAt, CheckSchedule, SharedChecks, Turns, answered, asked
from provider.services.monitoring import CheckResult, DigestChecks, UnreadDigest
from provider.services.sharing.shares import Shares, share_of
from proxy.errors import AddressRefused, Garbage, KeptBack, NotFound, Refused, Unavailable
from proxy.ports import Unchanged
from tests.fakes.check_records import FakeCheckRecords
from tests.fakes.registry import digest_of
from tests.provider.services.world import enrolled

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWN, BASES = timedelta(minutes=15), timedelta(days=1)
MINUTE = timedelta(minutes=1)


def snapshot(*bases: str, images: tuple[str, ...] = ()) -> Snapshot:
    """Base images by reference, and managed images of ghcr.io/acme by name."""
    found = [ImageReference.parse(text) for text in bases]
    names = {reference.repository.rpartition("/")[2]: reference for reference in found}
    return Snapshot(
        "",
        {},
        {name: ImageState(enrolled(name), NOW) for name in images},
        {name: BaseState(name, reference, NOW, Ledger()) for name, reference in names.items()},
    )


def checks(of: Snapshot, **results: CheckResult | None) -> DigestChecks:
    """A round with these results by name; None for a name without one."""
    references = {name: base.image.tagged for name, base in of.bases.items()}
    references |= {name: image.enrollment.reference for name, image in of.images.items()}
    found = {references[name]: result for name, result in results.items() if result is not None}
    return DigestChecks(of, {name: references[name] for name in results}, found)


def never(_registry: str) -> None:
    """No webhook was heard of."""


def test_managed_images_rest_while_webhooks_report_their_registry() -> None:
    """Not the bases beside them, of which no webhook of ours reports anything; silence ends it."""
    of = snapshot("ghcr.io/other/base:1", images=("app",))
    heard = {"ghcr.io": NOW}
    schedule = CheckSchedule(OWN, BASES, heard.get, SharedChecks())
    schedule.note(NOW, checks(of, app=Unchanged(), base=Unchanged()))
    assert schedule.resting(NOW, of) == ["ghcr.io"]
    assert schedule.due(NOW + 4 * OWN - MINUTE, of) == ["base"]
    assert sorted(schedule.due(NOW + 4 * OWN, of)) == ["app", "base"]

    heard["ghcr.io"] = NOW - BASES
    assert schedule.resting(NOW, of) == []
    assert sorted(schedule.due(NOW + OWN, of)) == ["app", "base"]


def test_each_kind_has_its_pace() -> None:
    """Bases in a registry that has managed images are checked as often as those."""
    of = snapshot("docker.io/library/node:22", "ghcr.io/other/base:1", images=("app",))
    schedule = CheckSchedule(OWN, BASES, never, SharedChecks())
    assert (schedule.begun, sorted(schedule.due(NOW, of))) == (False, ["app", "base", "node"])
    schedule.note(NOW, checks(of, app=Unchanged(), base=Unchanged(), node=Unchanged()))

    assert schedule.begun
    assert schedule.due(NOW + OWN - MINUTE, of) == []
    assert sorted(schedule.due(NOW + OWN, of)) == ["app", "base"]
    assert sorted(schedule.due(NOW + BASES, of)) == ["app", "base", "node"]


def test_only_what_was_answered_is_checked() -> None:
    """A refusal is an answer; a request without one, an answer without meaning, and none at all are not."""
    of = snapshot(*(f"docker.io/library/{name}:1" for name in "abcdefgh"))
    done = checks(
        of,
        a=Unchanged(),
        b=NotFound("b"),
        c=Refused("c"),
        d=AddressRefused("d"),
        e=Unavailable("e"),
        f=Garbage("f"),
        g=KeptBack("g"),
        h=None,
    )

    assert list(answered(done)) == ["a", "b", "c", "d"]
    assert list(asked(done)) == ["a", "b", "c", "d", "e", "f"]


def test_what_was_not_asked_is_due_at_once_and_first() -> None:
    """By a deadline without a time, by a pause from its end on; what failed is minutes away, and behind them."""
    of = snapshot(*(f"docker.io/library/{name}:1" for name in "abcd"))
    schedule = CheckSchedule(OWN, BASES, never, SharedChecks())
    schedule.note(NOW, checks(of, a=Unavailable("a"), b=KeptBack("b", NOW + MINUTE), c=KeptBack("c"), d=NotFound("d")))

    assert schedule.due(NOW, of) == ["c"]
    assert sorted(schedule.due(NOW + MINUTE, of)) == ["b", "c"]
    assert sorted(schedule.due(NOW + 2 * MINUTE, of)[:2]) == ["b", "c"]
    assert sorted(schedule.due(NOW + 2 * MINUTE, of)[2:]) == ["a", "d"]


def test_a_digest_whose_manifest_was_not_read_is_checked_and_asked_for_again() -> None:
    """It was answered; the manifest that failed is minutes away, and the one that was kept back is due at once."""
    of = snapshot("docker.io/library/a:1", "docker.io/library/b:1")
    schedule = CheckSchedule(OWN, BASES, never, SharedChecks())
    new = digest_of("new")
    done = checks(of, a=UnreadDigest(new, Unavailable("a")), b=UnreadDigest(new, KeptBack("b")))
    schedule.note(NOW, done)

    assert list(answered(done)) == list(asked(done)) == ["a", "b"]
    assert schedule.due(NOW, of) == ["b"]
    assert sorted(schedule.due(NOW + 2 * MINUTE, of)) == ["a", "b"]


def test_a_changed_reference_is_new() -> None:
    """The failures of what an image was before its enrollment was corrected do not put its check off."""
    wrong, right = snapshot("docker.io/library/nod:22"), snapshot("docker.io/library/node:22")
    right = replace(right, bases={"nod": next(iter(right.bases.values()))})
    schedule = CheckSchedule(OWN, BASES, never, SharedChecks())
    schedule.note(NOW, checks(wrong, nod=NotFound("nod")))

    assert schedule.due(NOW, wrong) == []
    assert schedule.due(NOW, right) == ["nod"]


def test_what_is_tracked_no_longer_is_forgotten() -> None:
    """What comes back is checked at once."""
    of = snapshot("docker.io/library/node:22", "docker.io/library/go:1")
    schedule = CheckSchedule(OWN, BASES, never, SharedChecks())
    schedule.note(NOW, checks(of, node=Unchanged(), go=Unchanged()))
    without = snapshot("docker.io/library/go:1")
    schedule.note(NOW, checks(without, go=Unchanged()))

    assert schedule.due(NOW, of) == ["node"]


def test_the_longest_wait_comes_first() -> None:
    """Names that had no turn keep their order; a name that was gone had none."""
    turns = Turns()
    assert turns.ordered("dcba") == list("dcba")
    turns.note("cd")
    assert turns.ordered("abcd") == list("abcd")
    turns.note("ab")
    assert turns.ordered("abcd") == list("cdab")
    turns.ordered("abc")
    assert turns.ordered("abcd") == list("dcab")


def test_the_times_of_the_last_and_the_next_check_are_known() -> None:
    """The next one is that of the reference that is due first; one that was never asked for is due now."""
    of = snapshot("docker.io/library/node:22", images=("app",))
    schedule = CheckSchedule(timedelta(minutes=15), timedelta(days=1), never, SharedChecks())
    assert schedule.checked_at(NOW, of) is None

    schedule.note(NOW, checks(of, node=Unchanged()))
    assert schedule.checked_at(NOW, of) == CheckedAt(NOW, NOW)
    schedule.note(NOW, checks(of, app=Unchanged()))
    assert schedule.checked_at(NOW, of) == CheckedAt(NOW, NOW + timedelta(minutes=15))
    later = NOW + timedelta(hours=1)
    assert schedule.checked_at(later, of) == CheckedAt(NOW, later)


class Processes:
    """Processes that share the times of their checks."""

    def __init__(self) -> None:
        self.all: dict[str, tuple[CheckTimes, object]] = {}

    def start(self) -> CheckSchedule:
        """Another process."""
        return CheckSchedule(OWN, BASES, never, SharedChecks(FakeCheckRecords(self.all)))


def seen(of: Snapshot) -> Snapshot:
    """The snapshot in which each base has a digest."""
    ledger = Ledger().observe(NOW, digest_of("a"), {}, "poll")
    return replace(of, bases={name: replace(base, ledger=ledger) for name, base in of.bases.items()})


def test_what_one_process_has_checked_is_not_due_in_another_one() -> None:
    """Nor after a failure; both agree on when it is due again."""
    of, processes = seen(snapshot("docker.io/library/node:22", "docker.io/library/debian:12")), Processes()
    one, two = processes.start(), processes.start()
    assert sorted(two.due(NOW, of)) == ["debian", "node"]
    one.note(NOW, checks(of, node=Unchanged(), debian=Unavailable("503")))

    assert two.due(NOW, of) == []
    assert one.due(NOW + 2 * MINUTE, of) == two.due(NOW + 2 * MINUTE, of) == ["debian"]
    two.note(NOW + 2 * MINUTE, checks(of, debian=Unchanged()))
    assert one.due(NOW + 3 * MINUTE, of) == []


def test_a_new_process_goes_on_with_checks_that_succeeded() -> None:
    """It makes those that failed once more, since their cause may have been mended, and forgets what was removed."""
    of, processes = seen(snapshot("docker.io/library/node:22", "docker.io/library/debian:12")), Processes()
    processes.start().note(NOW, checks(of, node=Unchanged(), debian=Unavailable("503")))
    less = seen(snapshot("docker.io/library/debian:12", "docker.io/library/busybox:1"))

    assert processes.start().due(NOW + MINUTE, of) == ["debian"]
    assert sorted(processes.start().due(NOW + MINUTE, less)) == ["busybox", "debian"]
    assert list(processes.all) == ["docker.io/library/debian:12"]


def test_a_digest_that_the_state_has_lost_is_read_again() -> None:
    """Whatever is known of its last check, since another process or a person may have changed the state."""
    of, processes = snapshot("docker.io/library/node:22"), Processes()
    processes.start().note(NOW, checks(of, node=Unchanged()))

    assert processes.start().due(NOW + MINUTE, of) == ["node"]


class Some:
    """The shares of one repository."""

    def __init__(self, key: str) -> None:
        self.numbers, self.taken_times = {share_of(key)}, 0

    @contextmanager
    def taken(self) -> Iterator[Shares]:
        """These shares."""
        self.taken_times += 1
        yield Shares(self.numbers)


def test_a_process_checks_what_is_due_of_its_shares() -> None:
    """Where nothing is due, it takes none."""
    some = Some("docker.io/library/node")
    schedule = CheckSchedule(OWN, BASES, never, SharedChecks(shares=some))
    of = snapshot("docker.io/library/node:22", "docker.io/library/busybox:1")
    with schedule.share(lambda: NOW, lambda: of, new=False) as names:
        assert names == ["node"]
    with schedule.share(lambda: NOW, lambda: of, new=True) as names:
        assert sorted(names) == ["busybox", "node"]
    schedule.note(NOW, checks(of, node=Unchanged(), busybox=Unchanged()))
    with schedule.share(lambda: NOW, lambda: of, new=False) as names:
        assert names == []
    assert some.taken_times == 2


def test_nothing_is_due_until_the_first_time_has_come() -> None:
    """Also where many rounds ask in between, a new image appears, or the clock is set back."""
    of = snapshot("docker.io/library/node:1", images=("app",))
    schedule = CheckSchedule(OWN, BASES, never, SharedChecks())
    schedule.note(NOW, checks(of, app=Unchanged(), node=Unchanged()))
    for minutes in range(15):
        assert schedule.due(NOW + minutes * MINUTE, of) == []
    assert schedule.checked_at(NOW + MINUTE, of) == CheckedAt(NOW, NOW + OWN)
    assert schedule.due(NOW + OWN, of) == ["app"]
    assert schedule.due(NOW + 14 * MINUTE, of) == []

    more = snapshot("docker.io/library/node:1", images=("app", "new"))
    assert schedule.due(NOW + 14 * MINUTE, more) == ["new"]
    assert schedule.due(NOW + 14 * MINUTE, of) == []
    assert sorted(schedule.due(NOW - MINUTE, of)) == ["app", "node"]
