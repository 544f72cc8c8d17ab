"""What is kept of images."""

from dataclasses import replace

from catalog.image import DependencyRole, Evidence
from catalog.reference import ImageReference
from provider.domain.ledger import BuiltOn
from provider.domain.state import Target, targets_built
from tests.provider.domain.samples import DAY, NODE, START, decided, dependency, digest, image, ledger, rebuilt

PORTAL = image("portal", dependency())
TARGET = Target("node", "node:22", NODE, digest("b"), cause=True)


def test_a_target_is_written_as_the_guides_describe_it() -> None:
    """The workflow reads these names."""
    assert TARGET.document() == {
        "name": "node",
        "written": "node:22",
        "reference": "docker.io/library/node",
        "tag": "22",
        "digest": digest("b"),
        "cause": True,
    }


def test_an_image_is_built_from_what_was_passed_for_each_base() -> None:
    """A base that was not passed, or another tag of one that was, stays what it was."""
    stage = dependency(ImageReference("docker.io", "library/node", "20"), role=DependencyRole.STAGE)
    passed, other = targets_built([dependency(), stage], [TARGET], START + DAY, {})

    assert passed == replace(dependency(), built_on=BuiltOn(digest("b"), START + DAY), evidence=Evidence.PASSED)
    assert other == stage


def test_what_a_pinned_dependency_contributed_is_learned_again() -> None:
    """Nothing was passed for it, and it may have changed in the Dockerfile; nothing else of it changes."""
    pinned = dependency(replace(NODE, digest=digest("a")), role=DependencyRole.STAGE)
    [after] = targets_built([pinned], [], START + DAY, {})

    assert after == replace(pinned, built_on=None, evidence=Evidence.ASSUMED)


def test_a_record_takes_the_place_of_the_one_with_its_id() -> None:
    """The others stay, in their order."""
    known = ledger(("a", 0 * DAY), ("b", DAY))
    once = rebuilt(PORTAL, decided(9 * DAY, known, PORTAL))
    first = once.rebuilds[0]
    second = replace(first, id="r-2", key="k-2")
    changed = replace(first, error="lost")

    twice = once.with_record(second)
    assert twice.rebuilds == (first, second)
    assert twice.with_record(changed).rebuilds == (changed, second)
