"""Tests of names behind `--from` that may be build contexts."""

from dataclasses import replace

import pytest

from catalog.reference import ImageReference
from provider.domain.discovery.build_contexts import after_check, observed_images, unconfirmed_names
from provider.domain.discovery.findings import FileFindings, SourceFindings
from provider.domain.dockerfile import discover
from provider.domain.enrollment import Source
from provider.domain.ledger import Ledger
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, UnconfirmedName
from tests.provider.domain.samples import DAY, NODE, START, base, dependency, digest, image, ledger

NOW = START + DAY
SRC, TOOLS = (ImageReference.parse(name).tagged for name in ("src", "tools"))


def names(
    text: str,
    *before: UnconfirmedName,
    by_hand: tuple[str, ...] = (),
    observed: frozenset[ImageReference] = frozenset(),
) -> list[tuple[str, int, bool]]:
    """Each name with its line, and whether it was absent."""
    source = Source("github", "acme/portal", base_images=by_hand)
    findings = SourceFindings((FileFindings("Dockerfile", discover(text)),))
    return [(name.name, name.line, name.absent) for name in unconfirmed_names(source, findings, before, observed)]


TWO = "FROM scratch\nCOPY --from=src a b\nCOPY --from=tools a b\nCOPY --from=src c d\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TWO, [("src", 2, False), ("tools", 3, False)]),
        ("FROM src\nCOPY --from=src a b\nCOPY --from=tools a b\n", [("tools", 3, False)]),
        ("FROM scratch\nCOPY --from=src a b\nCOPY --from=src:latest a b\n", []),
        ("FROM scratch\nCOPY --from=src a b\nCOPY --from=src:1 a b\n", [("src", 2, False)]),
        (f"FROM src@{digest('p')}\nCOPY --from=src a b\n", [("src", 2, False)]),
        (f"FROM src:latest@{digest('p')}\nCOPY --from=src a b\n", [("src", 2, False)]),
        ("FROM src AS tools\nFROM scratch\nCOPY --from=tools a b\n", []),
    ],
)
def test_a_name_is_asked_about_once_unless_the_file_itself_says_that_it_is_an_image(
    text: str, expected: list[tuple[str, int, bool]]
) -> None:
    """By naming it behind FROM, or with the tag that it would have; the first line counts."""
    assert names(text) == expected


@pytest.mark.parametrize(
    ("by_hand", "expected"),
    [
        (("src",), ["tools"]),
        (("docker.io/library/src:latest", "tools"), []),
        (("src:1", "other"), ["src", "tools"]),
        ((f"src@{digest('p')}",), ["src", "tools"]),
    ],
)
def test_a_name_that_a_person_lists_is_an_image(by_hand: tuple[str, ...], expected: list[str]) -> None:
    """In any form of its tag; a digest says nothing about the tag."""
    assert [name for name, *_ in names(TWO, by_hand=by_hand)] == expected


def test_a_name_that_a_registry_had_at_first_is_an_image() -> None:
    """One that was absent then stays in question, also where somebody has published it since."""
    absent = UnconfirmedName("src", 9, absent=True)
    present = UnconfirmedName("src", 9)

    assert names(TWO, observed=frozenset({SRC})) == [("tools", 3, False)]
    assert names(TWO, present, observed=frozenset({SRC})) == [("tools", 3, False)]
    assert names(TWO, absent, observed=frozenset({SRC, TOOLS})) == [("src", 2, True)]


def test_what_a_registry_had_at_some_check_is_observed() -> None:
    """A managed image and a base; not one that no check has found yet."""
    unseen = base("tools", TOOLS)
    portal = image("portal")
    snapshot = Snapshot("1", {}, {"portal": portal}, {"node": base("node", NODE, ledger(("a", DAY))), "tools": unseen})

    assert observed_images(snapshot) == {NODE, portal.enrollment.reference}


def asked(name: str, *unconfirmed: UnconfirmedName) -> ImageState:
    """An image on node:22 that takes files from src, a pinned src, and tools."""
    pinned = replace(SRC, digest=digest("p"))
    edges = (dependency(), dependency(SRC, None), dependency(pinned, None), dependency(TOOLS, None))
    return replace(image(name, *edges), unconfirmed=unconfirmed)


def checked(*images: ImageState, tools: Ledger) -> Snapshot:
    """The state after a check of the bases of these images; no registry had src."""
    bases = {
        "node": base("node", NODE, ledger(("a", DAY))),
        "src": base("src", SRC),
        "tools": base("tools", TOOLS, tools),
    }
    return Snapshot("1", {each.name: each.enrollment for each in images}, {each.name: each for each in images}, bases)


SEEN, UNSEEN = ledger(("t", DAY)), Ledger()
ASKED = (UnconfirmedName("src", 3), UnconfirmedName("tools", 4))


def test_a_name_that_is_absent_is_no_dependency_any_more() -> None:
    """Its pinned twin stays, and the commit has the question."""
    changes = after_check(NOW, checked(asked("portal", *ASKED), tools=SEEN), {SRC})
    after = changes.apply(checked(asked("portal", *ASKED), tools=SEEN))

    absent = replace(ASKED[0], absent=True)
    assert after.images["portal"].unconfirmed == (absent,)
    assert [edge.image for edge in after.images["portal"].dependencies] == [
        NODE,
        replace(SRC, digest=digest("p")),
        TOOLS,
    ]
    assert changes.reasons[0] == f"portal: {absent.question}"


def test_the_base_of_an_absent_name_is_put_away() -> None:
    """No image depends on it any more; the archive has the time."""
    portal = replace(asked("portal", ASKED[0]), dependencies=(dependency(), dependency(SRC, None)))
    after = after_check(NOW, checked(portal, tools=SEEN), {SRC}).apply(checked(portal, tools=SEEN))

    assert set(after.bases) == {"node"}
    assert after.archived_bases["src"].archived_at == NOW


def test_a_name_that_was_found_is_confirmed_without_a_word() -> None:
    """One that no registry has answered for is asked about again."""
    snapshot = checked(asked("portal", *ASKED), tools=SEEN)
    changes = after_check(NOW, snapshot, ())

    assert changes.images == {"portal": asked("portal", ASKED[0])}
    assert (changes.reasons, changes.bases) == ([], {})


@pytest.mark.parametrize("others", [(), (UnconfirmedName("src", 3),)])
def test_a_name_that_was_absent_stays_in_question_once_it_is_there(others: tuple[UnconfirmedName, ...]) -> None:
    """Also beside one that has no answer yet; an image of which nothing changes is not written."""
    portal = asked("portal", replace(ASKED[1], absent=True), *others)
    portal = replace(portal, dependencies=portal.dependencies[:-1])

    assert not after_check(NOW, checked(portal, tools=SEEN), {TOOLS})


def test_images_are_asked_about_each_for_itself() -> None:
    """One without such names changes nothing for the others, and the commit names each image."""
    images = (asked("mall"), asked("portal", *ASKED), asked("shop", ASKED[0]))
    changes = after_check(NOW, checked(*images, tools=UNSEEN), {SRC, TOOLS})

    assert {name: [each.absent for each in after.unconfirmed] for name, after in changes.images.items() if after} == {
        "portal": [True, True],
        "shop": [True],
    }
    questions = sorted(reason.partition(" is no stage")[0] for reason in changes.reasons if "is no stage" in reason)
    assert questions == ["portal: src (line 3)", "portal: tools (line 4)", "shop: src (line 3)"]
