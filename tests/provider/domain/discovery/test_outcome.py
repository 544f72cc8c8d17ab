"""Tests of the state of an image after its source was read."""

from dataclasses import replace

import pytest

from catalog.image import DiscoveryStatus
from catalog.reference import ImageReference
from provider.domain.discovery.findings import FileFindings, SourceFindings
from provider.domain.discovery.outcome import after_discovery, reason_of
from provider.domain.dockerfile import DockerfileWarning, Unresolved, discover
from provider.domain.enrollment import Source
from provider.domain.state import ImageState, UnconfirmedName
from proxy.errors import NotFound, OutsideFailure, Unavailable
from tests.provider.domain.samples import DAY, NODE, START, dependency, image

NOW = START + DAY
PORTAL = Source("github", "acme/portal")
PROBLEM = "api/Dockerfile: line 1: the file has no FROM"
KNOWN = replace(
    image("portal", dependency()),
    last_discovery=START,
    unresolved=(Unresolved("BASE", 3),),
    warnings=(DockerfileWarning(4, "unknown instruction"),),
    unconfirmed=(UnconfirmedName("src", 5, absent=True),),
)


def read(*files: str | None, image: ImageState = KNOWN) -> ImageState:
    """The state after files with these texts; None: the file has the problem."""
    found = (
        FileFindings("api/Dockerfile", None, PROBLEM)
        if text is None
        else FileFindings("web/Dockerfile", discover(text))
        for text in files
    )
    return after_discovery(NOW, image, PORTAL, SourceFindings(tuple(found)), frozenset())


def failed(*failures: OutsideFailure, image: ImageState = KNOWN) -> ImageState:
    """The state after these failures to read the source."""
    for failure in failures:
        image = after_discovery(NOW, image, PORTAL, failure, frozenset())
    return image


def test_a_failure_that_may_pass_changes_the_message_alone() -> None:
    """The first message stays while it lasts, and the next check tries again."""
    first = "github.com does not answer; it is tried again"

    assert failed(Unavailable("github.com does not answer")) == replace(KNOWN, discovery_error=first)
    assert failed(Unavailable("github.com does not answer"), Unavailable("it is slow")).discovery_error == first


def test_a_failure_that_lasts_fails_the_discovery() -> None:
    """What is known stays; the last message is shown."""
    after = failed(Unavailable("github.com does not answer"), NotFound("acme/portal does not exist"))

    assert after == replace(
        KNOWN, discovery=DiscoveryStatus.FAILED, discovery_error="acme/portal does not exist", last_discovery=NOW
    )
    assert reason_of(after) == "acme/portal does not exist"


def test_what_is_known_stays_while_no_file_can_be_read() -> None:
    """The dependencies, and what people have to do."""
    assert read(None) == replace(KNOWN, discovery=DiscoveryStatus.FAILED, discovery_error=PROBLEM, last_discovery=NOW)


def test_what_is_to_be_done_is_that_of_the_files_that_can_be_read() -> None:
    """The dependencies of the other one stay."""
    after = read("FROM alpine:3\n", None)

    assert {edge.image.familiar for edge in after.dependencies} == {"node:22", "alpine:3"}
    assert (after.unresolved, after.warnings, after.unconfirmed) == ((), (), ())
    assert (after.discovery, after.discovery_error) == (DiscoveryStatus.FAILED, PROBLEM)


def test_files_that_can_be_read_replace_what_is_known() -> None:
    """An error has passed."""
    after = read("FROM alpine:3\n", image=failed(NotFound("acme/portal does not exist")))

    assert [edge.image.familiar for edge in after.dependencies] == ["alpine:3"]
    assert (after.unresolved, after.warnings, after.unconfirmed) == ((), (), ())
    assert (after.discovery, after.discovery_error, after.last_discovery) == (DiscoveryStatus.SUCCESS, None, NOW)


def test_all_problems_are_in_the_message() -> None:
    """Each once."""
    missing = FileFindings("web/Dockerfile", None, "web/Dockerfile does not exist")
    unread = FileFindings("api/Dockerfile", None, PROBLEM)
    after = after_discovery(NOW, KNOWN, PORTAL, SourceFindings((unread, missing, unread)), frozenset())

    assert after.discovery_error == f"{PROBLEM}; web/Dockerfile does not exist"


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("FROM scratch\n", DiscoveryStatus.NONE, "its Dockerfile names no external image"),
        ("FROM node:22\nCOPY --from=alpine:3 /a /a\n", DiscoveryStatus.SUCCESS, "depends on node:22, alpine:3"),
        ("FROM scratch\nCOPIE a b\n", DiscoveryStatus.SUCCESS, "line 2 is not understood"),
        (
            "ARG A\nFROM $A AS a\nFROM node:22\nCOPIE a b\n",
            DiscoveryStatus.SUCCESS,
            "depends on node:22; A (line 2) has no value; line 4 is not understood",
        ),
        (
            "FROM scratch\nCOPY --from=src a b\n",
            DiscoveryStatus.SUCCESS,
            UnconfirmedName("src", 2).question,
        ),
        (
            "FROM scratch\nCOPY --from=other a b\n",
            DiscoveryStatus.SUCCESS,
            "depends on other",
        ),
    ],
)
def test_the_reason_has_all_that_the_file_names(text: str, status: DiscoveryStatus, reason: str) -> None:
    """NONE is only for a file that certainly names nothing from outside; a name that was absent stays a question."""
    after = read(text)

    assert (after.discovery, reason_of(after)) == (status, reason)


def test_an_image_whose_source_was_not_read_yet_has_a_reason() -> None:
    """Also where the first try failed."""
    unread = replace(image("portal"), discovery=DiscoveryStatus.PENDING)

    assert reason_of(unread) == "not checked yet"
    assert reason_of(failed(Unavailable("github.com is down"), image=unread)) == (
        "github.com is down; it is tried again"
    )


def test_a_name_that_a_registry_had_is_an_image() -> None:
    """One that no registry had is a question first, and a dependency until then."""
    file = FileFindings("Dockerfile", discover("FROM scratch\nCOPY --from=busybox a b\nCOPY --from=tools a b\n"))
    observed = frozenset({ImageReference.parse("busybox").tagged, NODE})
    after = after_discovery(NOW, image("portal"), PORTAL, SourceFindings((file,)), observed)

    assert after.unconfirmed == (UnconfirmedName("tools", 3),)
    assert [edge.image.familiar for edge in after.dependencies] == ["busybox", "tools"]
