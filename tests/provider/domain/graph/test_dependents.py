"""Everything that is built from an image, from which digest, and what is behind."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from catalog.image import DependencyDocument, DependencyRole, Evidence, Image, OriginDocument
from catalog.reference import Digest
from provider.domain.graph.dependents import Dependent, DependentState, dependents_of
from tests.fakes.image_graphs import FakeImageGraphs
from tests.provider.web_images import NOW, MemoryIndex, base, dependency, digest, managed, update

OLDEST, OLD, NEW = digest("1"), digest("2"), digest("3")
RUN, RUN_BEFORE = digest("a"), digest("b")
NODE = base("node", digest=NEW, updates=(update(9, "1", None, 6), update(6, "2", "1", 2), update(2, "3", "2")))
"""First seen nine, six and two days ago."""


def _ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def _on(
    name: str,
    built_on: Digest | None,
    evidence: Evidence | None = Evidence.VERIFIED,
    role: DependencyRole = DependencyRole.FINAL,
) -> DependencyDocument:
    return replace(dependency(name, role), built_on=built_on, evidence=evidence if built_on else None)


def _image(
    name: str, *uses: DependencyDocument, behind: int | None = None, origins: tuple[OriginDocument, ...] = ()
) -> Image:
    since = None if behind is None else _ago(behind)
    return managed(name, dependencies=uses, behind_since=since, origins=origins)


def _found(*images: Image, of: Image = NODE) -> dict[str, Dependent]:
    rows = FakeImageGraphs(MemoryIndex([of, *images])).dependents(of)
    return {dependent.name: dependent for dependent in dependents_of(of, rows)}


def test_a_direct_dependent_has_its_digest_and_the_evidence() -> None:
    """On the newest digest, it is not behind."""
    app = _found(_image("app", _on("node", NEW)))["app"]

    assert (app.steps, app.role, app.through) == (1, DependencyRole.FINAL, ())
    assert (app.digest, app.evidence, app.known) == (NEW, Evidence.VERIFIED, True)
    assert (app.behind, app.behind_since, app.owner) == (False, None, "group:default/team-a")


@pytest.mark.parametrize(("built_on", "days"), [(OLDEST, 6), (OLD, 2)])
def test_an_image_is_behind_since_the_next_digest_was_seen(built_on: Digest, days: int) -> None:
    """Not since it is behind anything else that it is built from."""
    app = _found(_image("app", _on("node", built_on), behind=30))["app"]
    assert (app.behind, app.behind_since) == (True, _ago(days))


def test_a_digest_with_the_same_content_is_no_newer_one() -> None:
    """An index that only has another digest does not make an image behind, and no time begins with it."""
    same = replace(NODE, updates=(*NODE.updates[:2], replace(NODE.updates[2], repoint=True)))
    assert _found(_image("app", _on("node", OLD)), of=same)["app"].behind is False
    oldest = _found(_image("app", _on("node", OLDEST), behind=6), of=same)["app"]
    assert oldest.behind_since == _ago(6)


@pytest.mark.parametrize("evidence", [Evidence.ASSUMED, Evidence.MISMATCH, None])
def test_without_evidence_an_image_is_neither_behind_nor_known(evidence: Evidence | None) -> None:
    """Its digest is shown with what speaks for it."""
    app = _found(_image("app", _on("node", OLD, evidence), behind=2))["app"]
    assert (app.known, app.behind, app.digest, app.evidence) == (False, False, OLD, evidence)


def test_over_a_parent_the_digest_counts_that_the_parent_contained() -> None:
    """An image on an older digest of its parent contains what that was built from, whatever the parent is now."""
    origins = (OriginDocument(RUN, (NEW,)), OriginDocument(RUN_BEFORE, (OLD,)))
    run = _image("run", _on("node", NEW), origins=origins)
    found = _found(run, _image("late", _on("run", RUN_BEFORE), behind=1), _image("app", _on("run", RUN)))

    assert (found["late"].digest, found["late"].behind, found["late"].behind_since) == (OLD, True, _ago(2))
    assert (found["late"].steps, found["late"].role, found["late"].through) == (2, None, ("run",))
    assert (found["app"].digest, found["app"].known, found["app"].behind) == (NEW, True, False)


def test_a_parent_digest_of_unknown_origin_makes_unknown() -> None:
    """Nothing is taken from what the parent is built from now."""
    app = _found(_image("run", _on("node", NEW)), _image("app", _on("run", RUN_BEFORE), behind=1))["app"]
    assert (app.digest, app.evidence, app.known, app.behind) == (None, None, False, False)


def test_of_several_ways_the_oldest_digest_counts() -> None:
    """An image that uses a base directly and over a parent contains two digests of it."""
    run = _image("run", _on("node", OLD), behind=2, origins=(OriginDocument(RUN, (OLD,)),))
    app = _found(run, _image("app", _on("node", NEW), _on("run", RUN), behind=2))["app"]

    assert (app.steps, app.through, app.digest, app.behind) == (1, ("run",), OLD, True)


def test_one_unknown_way_makes_the_whole_unknown_but_hides_nothing_that_is_behind() -> None:
    """What is shown to be old is old."""
    run = _image("run", _on("node", NEW))
    app = _found(run, _image("app", _on("node", OLD), _on("run", RUN), behind=2))["app"]
    assert (app.digest, app.known, app.behind) == (OLD, False, True)


def test_a_pinned_digest_that_was_never_seen_is_known_but_older_than_all() -> None:
    """The time since the image is behind is all that is known of when."""
    pinned = dependency("node", reference=f"docker.io/library/node:22@{digest('9')}")
    app = _found(_image("app", pinned, behind=4))["app"]
    assert (app.digest, app.pinned, app.known, app.evidence) == (digest("9"), True, True, None)
    assert (app.behind, app.behind_since) == (True, _ago(4))


@pytest.mark.parametrize("role", [DependencyRole.SYNTAX, DependencyRole.UNUSED])
def test_what_contains_nothing_of_it_is_not_behind(role: DependencyRole) -> None:
    """It is listed with its role, since it depends on the image."""
    app = _found(_image("app", _on("node", OLD, role=role), behind=9))["app"]
    assert (app.role, app.state, app.behind) == (role, DependentState.UNUSED, False)


def test_those_that_are_behind_come_first_for_longest() -> None:
    """Then those of which it is not known, then the others by steps and name, at last what does not contain it."""
    run = _image("run", _on("node", NEW), origins=(OriginDocument(RUN, (NEW,)),))
    found = _found(
        _image("reader", _on("node", None, role=DependencyRole.SYNTAX)),
        run,
        _image("child", _on("run", RUN)),
        _image("assumer", _on("node", NEW, Evidence.ASSUMED)),
        _image("behind", _on("node", OLD), behind=2),
        _image("far-behind", _on("node", OLDEST), behind=6),
        _image("app", _on("node", NEW)),
    )
    assert list(found) == ["far-behind", "behind", "assumer", "app", "run", "child", "reader"]
    behind, unknown, newest, unused = DependentState
    assert [each.state for each in found.values()] == [behind, behind, unknown, newest, newest, newest, unused]


def test_a_cycle_of_dockerfiles_ends() -> None:
    """Each image is there once, and the image that is asked about is not its own dependent."""
    node = replace(NODE, dependencies=(_on("b", None),))
    found = _found(_image("a", _on("node", NEW)), _image("b", _on("a", None)), of=node)
    assert {name: dependent.steps for name, dependent in found.items()} == {"a": 1, "b": 2}


def test_an_image_without_dependents_has_none() -> None:
    """Also before it was checked for the first time."""
    assert _found() == {}
    (app,) = _found(_image("app", _on("node", None)), of=base("node", digest=None)).values()
    assert (app.digest, app.known, app.behind) == (None, False, False)
