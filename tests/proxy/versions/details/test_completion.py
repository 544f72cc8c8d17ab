"""Completing the rows of a page."""

import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from catalog.reference import Digest, ImageReference
from proxy.cache import Cache
from proxy.deadline import Deadline
from proxy.errors import Garbage, KeptBack, NotFound, OutsideFailure, Refused, Unavailable
from proxy.ports import Referrer
from proxy.version_types import PlatformImage, Vulnerabilities
from proxy.versions.details.completion import Completed, Completion
from proxy.versions.listing import ListedTag, listing_of
from tests.fakes.cache_storage import FakeCacheStorage
from tests.fakes.registry import Call, FakeRegistry, digest_of
from tests.proxy.clocks import NOW, Clock

APP = ImageReference("registry.example.com", "team/app")
IMAGE = "registry.example.com/team/app"
ONE = f"{IMAGE}:1.0.0"
TRANSIENT = [Unavailable("down"), Refused("no"), Garbage("nonsense"), KeptBack("its limit is used up")]
SECONDS = 5.0
"""How long a test waits at most for what happens at once."""


class Desk:
    """The completion with a registry that has one index of two platforms."""

    def __init__(self, clock: Clock) -> None:
        self.registry = FakeRegistry()
        self.registry.put(ONE, digest_of("1"), platforms=["linux/arm/v7", "linux/amd64"], size=700)
        self.completion = Completion(
            Cache(FakeCacheStorage(clock.now), now=clock.now, sleep=clock.sleep), self.registry
        )

    def rows(
        self,
        *tags: ListedTag,
        others: Sequence[str] = (),
        refresh: bool = False,
        opened: bool = False,
        seconds: float = SECONDS,
        sizes: Mapping[Digest, int] | None = None,
    ) -> list[Completed]:
        """The completed rows; `others` are further names in the list, `sizes` those of platforms in it."""
        listing = listing_of([*tags, *map(ListedTag, others)], "version", sizes or {})
        patience = Deadline.after(seconds)
        return self.completion.complete(APP, tags, listing, patience, refresh=refresh, opened=opened)

    def row(self, tag: str = "1.0.0", *, others: Sequence[str] = (), opened: bool = False) -> ListedTag:
        """One completed row."""
        (completed,) = self.rows(ListedTag(tag), others=others, opened=opened)
        return completed.row

    def calls(self) -> list[str]:
        """The methods that were called, sorted."""
        return sorted(call.method for call in self.registry.calls)


@pytest.fixture
def desk(clock: Clock) -> Desk:
    """A desk."""
    return Desk(clock)


def test_a_row_of_an_index_costs_one_request(desk: Desk) -> None:
    """Its manifest has the digest and the platforms; children are not read."""
    (completed,) = desk.rows(ListedTag("1.0.0"))

    row = completed.row
    assert (row.digest, row.size, row.kind) == (digest_of("1"), None, "image")
    assert (completed.final, completed.pending, row.problem) == (True, False, None)
    assert [(each.os, each.architecture, each.variant, each.size) for each in row.platforms] == [
        ("linux", "arm", "v7", None),
        ("linux", "amd64", None, None),
    ]
    assert desk.calls() == ["manifest"]


@pytest.mark.parametrize(
    ("known", "size"),
    [
        ({"linux/amd64": 800, "linux/arm/v7": 600}, 800),
        ({"linux/amd64": 800}, 800),
        ({"linux/arm/v7": 600}, None),
        ({}, None),
    ],
)
def test_sizes_of_the_list_cost_no_request(desk: Desk, known: dict[str, int], size: int | None) -> None:
    """Some registries list the platforms of an index with their sizes; a row shows that of linux/amd64."""
    sizes = {digest_of(f"{digest_of('1')} {name}"): each for name, each in known.items()}
    (completed,) = desk.rows(ListedTag("1.0.0"), sizes=sizes)

    platforms = {f"{each.os}/{each.architecture}": each.size for each in completed.row.platforms}
    assert platforms == {"linux/arm": known.get("linux/arm/v7"), "linux/amd64": known.get("linux/amd64")}
    assert completed.row.size == size
    assert desk.calls() == ["manifest"]


def test_an_opened_row_has_the_sizes_of_all_platforms(desk: Desk) -> None:
    """They are read once; from then on each page has them without a request."""
    opened = desk.row(opened=True)
    assert (opened.size, [each.size for each in opened.platforms]) == (700, [700, 700])
    assert desk.calls() == ["configuration", "manifest", "manifest", "manifest", "referrers"]
    desk.registry.calls.clear()

    assert desk.row().platforms == opened.platforms
    assert desk.row(opened=True) == opened
    assert desk.calls() == []


def test_manifests_are_requested_once_and_digests_again(desk: Desk, clock: Clock) -> None:
    """The manifest of a digest never changes; the digest of a tag does."""
    for _ in range(2):
        clock.at += timedelta(minutes=6)
        (completed,) = desk.rows(ListedTag("1.0.0"))
    assert desk.calls() == ["digest", "manifest"]
    assert completed.digest
    assert completed.digest.fetched_at == NOW + timedelta(minutes=12)

    desk.registry.put(ONE, digest_of("2"), size=800)
    (completed,) = desk.rows(ListedTag("1.0.0"), refresh=True)
    assert (completed.row.digest, completed.row.size) == (digest_of("2"), 800)


def test_an_image_of_one_platform_has_what_its_configuration_says(desk: Desk) -> None:
    """Platform, time and labels are read once."""
    labels = {"org.opencontainers.image.revision": "4f2a", "org.opencontainers.image.source": "https://github.com/a/b"}
    desk.registry.put(ONE, digest_of("2"), size=800, labels=labels, built_at=NOW)
    for _ in range(2):
        row = desk.row()
    assert row.platforms == (PlatformImage("linux", "amd64", None, digest_of("2"), 800),)
    assert (row.built_at, row.revision, row.source, row.version) == (NOW, "4f2a", "https://github.com/a/b", None)
    assert desk.calls() == ["configuration", "manifest"]


def test_annotations_say_it_without_a_configuration(desk: Desk) -> None:
    """An index has no configuration of its own; opening it reads that of its usual image."""
    annotations = {"revision": "4f2a", "version": "1.0", "created": "2026-11-20T10:00:00Z"}
    labels = {"org.opencontainers.image.source": "https://github.com/a/b", "org.opencontainers.image.revision": "old"}
    desk.registry.put(ONE, digest_of("2"), platforms=["linux/amd64"], annotations=annotations, labels=labels)

    row, opened = desk.row(), desk.row(opened=True)

    assert (row.revision, row.version, row.source) == ("4f2a", "1.0", None)
    assert row.built_at
    assert row.built_at.isoformat() == "2026-11-20T10:00:00+00:00"
    assert (opened.revision, opened.source) == ("4f2a", "https://github.com/a/b")


@pytest.mark.parametrize("kind", ["chart", "artifact", "cache"])
def test_what_is_no_image_has_no_platform(desk: Desk, kind: str) -> None:
    """Its configuration is not read, and a scanner reads nothing in it."""
    desk.registry.put(ONE, digest_of("2"), size=800, kind=kind)  # type: ignore[arg-type]  # a Literal
    row = desk.row()

    assert (row.kind, row.size, row.platforms) == (kind, 800, ())
    assert row.vulnerabilities == Vulnerabilities(applicable=False)
    assert desk.calls() == ["manifest"]


def test_what_the_list_says_has_precedence(desk: Desk) -> None:
    """Also its vulnerabilities and its marks; what it does not say is added."""
    listed = ListedTag(
        "1.0.0",
        digest_of("1"),
        size=5,
        built_at=NOW,
        kind="artifact",
        signed=True,
        revision="own",
        vulnerabilities=Vulnerabilities(high=2),
    )
    (completed,) = desk.rows(listed)

    row = completed.row
    assert (row.size, row.built_at, row.kind, row.signed, row.revision) == (5, NOW, "artifact", True, "own")
    assert row.vulnerabilities == Vulnerabilities(high=2)
    assert len(row.platforms) == 2


def test_complete_rows_cause_no_request(desk: Desk) -> None:
    """For Docker Hub's rows, a manifest would count as a pull."""
    platforms = (PlatformImage("linux", "amd64", None, None, 7),)
    rows = [
        ListedTag("1.0.0", digest_of("1"), platforms=platforms, described=True),
        ListedTag("2", digest_of("2"), described=True),
    ]
    one, two = (each.row for each in desk.rows(*rows))
    assert (one.kind, one.platforms, two.kind) == ("image", platforms, None)
    assert desk.registry.calls == []

    (completed,) = desk.rows(ListedTag("1.0.0", described=True))
    assert (completed.row.digest, completed.row.size) == (digest_of("1"), None)
    assert desk.calls() == ["digest"]


def test_opening_reads_no_manifest_at_docker_hub(clock: Clock) -> None:
    """There, each manifest counts as a pull; at other registries, a described row is completed too."""
    for host, calls in (("docker.io", []), ("harbor.example.com", ["configuration", "manifest", "referrers"])):
        registry = FakeRegistry()
        registry.put(f"{host}/team/app:1.0.0", digest_of("1"))
        completion = Completion(Cache(FakeCacheStorage(clock.now), now=clock.now, sleep=clock.sleep), registry)
        tag = ListedTag("1.0.0", digest_of("1"), described=True)
        reference = ImageReference(host, "team/app")
        completion.complete(
            reference, [tag], listing_of([tag], "version"), Deadline.after(SECONDS), refresh=False, opened=True
        )
        assert sorted(call.method for call in registry.calls) == calls


@pytest.mark.parametrize("error", [*TRANSIENT, NotFound("gone")])
def test_a_row_that_cannot_be_read_says_why(desk: Desk, error: OutsideFailure) -> None:
    """The other rows are completed; a missing manifest is final, other failures are tried again."""
    desk.registry.fail(ONE, error)
    desk.registry.put(f"{IMAGE}:2.0.0", digest_of("2"))

    poor, rich = desk.rows(ListedTag("1.0.0"), ListedTag("2.0.0"))

    assert (poor.row.size, poor.row.platforms, poor.row.digest, poor.row.problem) == (None, (), None, str(error))
    assert (poor.final, poor.pending) == (isinstance(error, NotFound), False)
    assert (rich.row.size, rich.final, rich.row.problem) == (1000, True, None)


@pytest.mark.parametrize("error", [Garbage("an old schema 1 image"), KeptBack("its limit is nearly used up")])
def test_a_manifest_that_cannot_be_read_has_a_digest(desk: Desk, error: OutsideFailure) -> None:
    """A HEAD is answered all the same."""
    desk.registry.fail(ONE, error, "manifest")
    desk.registry.fail(f"{IMAGE}@{digest_of('1')}", error, "manifest")
    row = desk.row()
    assert (row.digest, row.kind, row.problem) == (digest_of("1"), None, str(error))


def test_a_problem_does_not_repeat_the_reference(desk: Desk) -> None:
    """It is shown in the row of the tag."""
    desk.registry.fail(ONE, Refused(f"{ONE}: registry.example.com answered 401: its credentials are not enough"))
    assert desk.row().problem == "registry.example.com answered 401: its credentials are not enough"


def test_an_old_digest_is_shown_with_the_problem(desk: Desk, clock: Clock) -> None:
    """Until the registry answers again."""
    desk.row()
    clock.at += timedelta(minutes=6)
    desk.registry.go_down(Unavailable("busy"))
    (completed,) = desk.rows(ListedTag("1.0.0"))

    assert (completed.row.digest, completed.row.problem, completed.final) == (digest_of("1"), "busy", False)


@pytest.mark.parametrize("error", [*TRANSIENT, NotFound("gone")])
def test_a_child_that_cannot_be_read_has_no_size(desk: Desk, error: OutsideFailure) -> None:
    """Its platform and its digest are known from the index."""
    child = digest_of(f"{digest_of('1')} linux/amd64")
    desk.registry.fail(f"{IMAGE}@{child}", error)

    (completed,) = desk.rows(ListedTag("1.0.0"), opened=True)

    assert [(each.architecture, each.size) for each in completed.row.platforms] == [("arm", 700), ("amd64", None)]
    assert (completed.row.size, completed.row.problem) == (None, str(error))
    assert completed.final is isinstance(error, NotFound)


@pytest.mark.parametrize("odd", ["l\u00e9nux/amd64", "linux/a\nb", "a/b/c/d", "linux/ ", f"linux/{'x' * 65}"])
def test_an_invalid_platform_is_left_out(desk: Desk, odd: str) -> None:
    """The other platforms of the index are listed."""
    desk.registry.put(ONE, digest_of("2"), platforms=[odd, "linux/amd64"], size=700)

    assert [platform.architecture for platform in desk.row().platforms] == ["amd64"]


def test_versions_of_windows_are_told_apart(desk: Desk) -> None:
    """Each is a platform of its own, with its digest."""
    names = [f"windows({version})/amd64" for version in ("10.0.26100", "10.0.20348", "10.0.17763")]
    desk.registry.put(ONE, digest_of("2"), platforms=names)

    assert [each.os_version for each in desk.row().platforms] == ["10.0.26100", "10.0.20348", "10.0.17763"]
    assert len({each.digest for each in desk.row().platforms}) == 3


def test_tags_of_attachments_are_marks_of_the_row(desk: Desk) -> None:
    """Without a further request; what no tag shows is not known until the row is opened."""
    about = digest_of("1").replace(":", "-")
    row = desk.row(others=[f"{about}.sig", f"{about}.sbom", f"{digest_of('other').replace(':', '-')}.att"])

    assert (row.signed, row.sbom, row.provenance) == (True, True, None)
    assert desk.calls() == ["manifest"]
    opened = desk.row(others=[f"{about}.sig"], opened=True)
    assert (opened.signed, opened.sbom, opened.provenance) == (True, False, False)


def test_attestations_are_read_when_the_row_is_opened(desk: Desk) -> None:
    """Only they say whether there is an SBOM; later pages have the answer without a request."""
    predicates = ["https://spdx.dev/Document", "https://slsa.dev/provenance/v1"]
    desk.registry.put(ONE, digest_of("2"), platforms=["linux/amd64"], predicates=predicates)

    before, opened, after = desk.row(), desk.row(opened=True), desk.row()

    assert (before.signed, before.sbom, before.provenance) == (None, None, None)
    assert (opened.signed, opened.sbom, opened.provenance) == (False, True, True)
    assert (after.signed, after.sbom, after.provenance) == (False, True, True)


def test_attestations_behind_a_tag_are_read_when_the_row_is_opened(desk: Desk) -> None:
    """`cosign attest` stores them so."""
    tag = f"{digest_of('1').replace(':', '-')}.att"
    statement = desk.registry.put(
        f"{IMAGE}:{tag}", digest_of("statement"), kind="artifact", holds=["https://spdx.dev/x"]
    )
    assert statement.predicates

    assert desk.row(others=[tag]).sbom is None
    opened = desk.row(others=[tag], opened=True)
    assert (opened.signed, opened.sbom, opened.provenance) == (False, True, False)


def test_referrers_are_read_when_the_row_is_opened(desk: Desk) -> None:
    """They are read again after an hour, because a signature can be added at any time."""
    signature = Referrer("application/vnd.dev.cosign.artifact.sig.v1+json", "")
    desk.registry.put(ONE, digest_of("2"), referrers=[signature])
    assert desk.row(opened=True).signed is True
    assert desk.row().signed is True


def test_a_list_that_cannot_be_read_leaves_the_marks_open(desk: Desk) -> None:
    """And the row says why."""
    desk.registry.fail(f"{IMAGE}@{digest_of('1')}", Refused("no"), "referrers")
    row = desk.row(opened=True)
    assert (row.signed, row.problem, row.size) == (None, "no", 700)


def test_a_page_does_not_wait_for_a_slow_registry(desk: Desk) -> None:
    """It has what is known; the rest is read on, and the next page has it."""
    gate = threading.Event()

    def hold(_: Call) -> None:
        assert gate.wait(SECONDS)

    desk.registry.on_call = hold
    (first,) = desk.rows(ListedTag("1.0.0"), seconds=0.0)
    (second,) = desk.rows(ListedTag("1.0.0"), seconds=0.0)
    gate.set()
    (third,) = desk.rows(ListedTag("1.0.0"))

    assert [(each.pending, each.row.digest) for each in (first, second, third)] == [
        (True, None),
        (True, None),
        (False, digest_of("1")),
    ]
    assert desk.calls() == ["manifest"]


def test_a_refresh_that_takes_long_is_pending(desk: Desk, clock: Clock) -> None:
    """The old digest is shown meanwhile."""
    desk.row()
    clock.at += timedelta(minutes=1)
    gate = threading.Event()

    def hold(_: Call) -> None:
        assert gate.wait(SECONDS)

    desk.registry.on_call = hold
    desk.registry.put(ONE, digest_of("2"))
    (first,) = desk.rows(ListedTag("1.0.0"), refresh=True, seconds=0.0)
    gate.set()
    (second,) = desk.rows(ListedTag("1.0.0"), refresh=True)

    assert (first.pending, first.row.digest) == (True, digest_of("1"))
    assert (second.pending, second.row.digest) == (False, digest_of("2"))


@pytest.mark.parametrize(
    ("platform", "shown"), [("linux/amd64", [("linux", "amd64")]), ("linux/arm64", [("linux", "arm64")]), (None, [])]
)
def test_an_old_image_of_schema_1_is_named_as_such(
    desk: Desk, platform: str | None, shown: list[tuple[str, str]]
) -> None:
    """It has no sizes; its platform is what it says itself."""
    desk.registry.put_schema1(f"{IMAGE}:0.1", digest_of("old"), platform)
    row = desk.row("0.1")

    assert (row.digest, row.size, row.kind) == (digest_of("old"), None, "image")
    assert [(each.os, each.architecture) for each in row.platforms] == shown
    assert row.problem == "an old schema 1 image, whose manifest names no sizes"
    assert desk.row("0.1") == row
