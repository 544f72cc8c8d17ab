"""Tests of the problems at one moment."""

from dataclasses import replace

from catalog.image import Conclusion, Evidence, Failure
from catalog.reference import ImageReference
from provider.domain.problems import ImageProblemKind, image_problems, tracked
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState
from provider.domain.status import mismatch
from tests.provider.domain.samples import DAY, NODE, START, base, decided, dependency, image, ledger, rebuilt

SEEN = ledger(("a", 0 * DAY), ("b", DAY))


def snapshot(*images: ImageState, **others: object) -> Snapshot:
    """Snapshot with these images."""
    return replace(Snapshot("1", {}, {each.name: each for each in images}, {}), **others)  # type: ignore[arg-type]  # fields


def test_a_failed_check_is_an_error() -> None:
    """Images, their Dockerfiles and bases can have failed checks."""
    gone = Failure(START, "no such repository")
    bad = replace(image("portal"), discovery_error="line 3: FROM needs an image")
    node = replace(base("node", NODE), error=gone)
    found = image_problems(snapshot(replace(image("shop"), error=gone), bad, image("well"), bases={"node": node}))

    assert {key: each.message for key, each in found.items()} == {
        "error/shop": "no such repository",
        "error/portal": "line 3: FROM needs an image",
        "error/node": "no such repository",
    }


def test_a_failed_rebuild_holds_until_the_next_one_has_ended() -> None:
    """While the next one is in progress, the failure stays."""
    state = image("portal", dependency())
    failed = rebuilt(state, decided(9 * DAY, SEEN, state), Conclusion.TIMED_OUT)
    record = failed.rebuilds[-1]
    again = failed.with_record(replace(record, id="r-2", settled=False, conclusion=None))
    done = failed.with_record(replace(record, id="r-2", conclusion=Conclusion.SUCCESS))

    assert image_problems(snapshot(failed))["failed/portal"].message == "rebuild r-1 ended with timed_out"
    assert list(image_problems(snapshot(again))) == ["failed/portal"]
    assert image_problems(snapshot(done)) == {}


def test_a_rebuild_that_ended_without_a_result_says_so() -> None:
    """Nothing is known of it but its end; its error comes first where it has one."""
    state = image("portal", dependency())
    failed = rebuilt(state, decided(9 * DAY, SEEN, state)).rebuilds[-1]
    for ended, message in (
        (replace(failed, conclusion=None), "rebuild r-1 ended with no result"),
        (replace(failed, conclusion=None, error="the workflow is gone"), "the workflow is gone"),
    ):
        assert image_problems(snapshot(state.with_record(ended)))["failed/portal"].message == message


def test_a_problem_stays_the_same_when_its_line_changes() -> None:
    """Another problem of the same entry has another key."""
    problems = [("portal", "images.yaml:12: no tag"), ("portal", "images.yaml:14: no tag"), ("portal", "x: no name")]
    one, moved, other = (list(image_problems(snapshot(problems=(each,)))) for each in problems)

    assert one == moved
    assert one != other
    assert tracked(snapshot(), one[0])
    assert not tracked(snapshot(), f"{ImageProblemKind.ERROR.value}/portal")


def test_a_problem_of_the_configuration_names_its_subject() -> None:
    """It has a page where the image or the base has one."""
    problems = (("portal", "no tag"), ("node", "no tag"), ("nowhere", "no tag"))
    found = image_problems(snapshot(image("portal"), bases={"node": base("node", NODE)}, problems=problems))

    assert [(each.kind, each.name, each.page) for each in found.values()] == [
        (ImageProblemKind.INVALID, "portal", True),
        (ImageProblemKind.INVALID, "node", True),
        (ImageProblemKind.INVALID, "nowhere", False),
    ]


def test_existing_images_and_bases_are_tracked() -> None:
    """The key of a problem is tracked while its image or base exists."""
    here = snapshot(image("portal"), bases={"node": base("node", NODE)})

    assert [tracked(here, f"error/{name}") for name in ("portal", "node", "nowhere")] == [True, True, False]


def test_an_image_that_is_built_from_another_digest_than_requested_is_a_problem() -> None:
    """It lasts until a build uses what was passed; a digest that was only assumed is none."""
    wrong = dependency(evidence=Evidence.MISMATCH)
    found = image_problems(snapshot(image("portal", wrong), image("shop", dependency(evidence=Evidence.ASSUMED))))

    assert list(found) == ["mismatch/portal"]
    assert found["mismatch/portal"].message == mismatch(wrong)


def test_each_digest_that_differs_is_in_the_message() -> None:
    """In the order of the Dockerfile."""
    golang = dependency(ImageReference("docker.io", "library/golang", "1"), evidence=Evidence.MISMATCH)
    node = dependency(evidence=Evidence.MISMATCH)
    found = image_problems(snapshot(image("portal", golang, node)))

    assert found["mismatch/portal"].message == f"{mismatch(golang)}; {mismatch(node)}"
