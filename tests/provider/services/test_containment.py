"""Nothing that one image brings stops the others, whatever a port raises for it, and whenever."""

from dataclasses import dataclass, replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.image import Conclusion
from provider.domain.enrollment import Source
from tests.fakes.registry import digest_of
from tests.provider.services.hostile import (
    ERRORS,
    EVIL,
    METHODS,
    HostileBuilds,
    HostileRegistry,
    HostileSources,
    Trouble,
)
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company, enrolled

OWN_BASE = "docker.io/library/evil-base:1"
GOOD = ("billing", "portal", "zeta")
BASE = enrolled("billing").reference
STEPS = 14


@dataclass(frozen=True)
class Strike:
    """One method raises one error during some of the steps."""

    method: str
    error: str
    first: int
    steps: int

    def holds(self, step: int) -> bool:
        """Whether it raises in this step."""
        return self.first <= step < self.first + self.steps


STRIKES = st.lists(
    st.builds(
        Strike,
        st.sampled_from(METHODS),
        st.sampled_from(sorted(ERRORS)),
        st.integers(0, STEPS - 1),
        st.integers(1, STEPS),
    ),
    min_size=1,
    max_size=5,
)


def company(trouble: Trouble) -> Company:
    """Three good images, one of which is built from another, and the evil one with a base of its own."""
    found = Company(registry=HostileRegistry(trouble), sources=HostileSources(trouble), builds=HostileBuilds(trouble))
    found.move(NODE, "node 0")
    found.move(OWN_BASE, "evil base 0")
    found.enroll("billing")
    found.enroll(EVIL, f"FROM {OWN_BASE} AS own\nFROM {NODE}\nCOPY --from=own / /\n")
    found.enroll("portal", f"FROM {BASE}\n")
    found.enroll("zeta")
    return found


def lived(strikes: list[Strike]) -> Company:
    """The company after two changes of all bases, with these errors on the way."""
    trouble = Trouble()
    found = company(trouble)
    for step in range(STEPS):
        trouble.now = {each.method: ERRORS[each.error]() for each in strikes if each.holds(step)}
        if step in (2, 8):
            found.move(NODE, f"node {step}")
            found.move(OWN_BASE, f"evil base {step}")
        found.after((7 * DAY + WINDOW + MINUTE) if step in (4, 10) else HOUR)
        for name in (*GOOD, EVIL):
            _finish(found, name)
    return found


def _finish(found: Company, name: str) -> None:
    """End the run that the image waits for; its digest does not depend on the number of the run."""
    record = found.image(name).active if name in found.store.read().images else None
    if record is None or record.run_id not in found.builds.started:
        return
    found.builds.finish(record.run_id, Conclusion.SUCCESS, found.now)
    found.registry.put(enrolled(name).reference, digest_of(f"{name} {found.now}"))


def end(found: Company, name: str) -> tuple[object, ...]:
    """What the image has come to, without the ids of its rebuilds."""
    image = found.image(name)
    rebuilds = [replace(record, id="", run_id=None, url=None) for record in image.rebuilds]
    return replace(image, rebuilds=tuple(rebuilds)), found.status(name), name in found.index.by_name


def others(strikes: list[Strike]) -> dict[str, object]:
    """The end of every image but the evil one."""
    found = lived(strikes)
    return {name: end(found, name) for name in GOOD} | {"node-22": found.store.read().bases["node-22"]}


@cache
def undisturbed() -> dict[str, object]:
    """The end without any error."""
    return others([])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("error", sorted(ERRORS))
def test_an_error_in_every_step_leaves_the_other_images_alone(method: str, error: str) -> None:
    """Each port method with each kind of exception, for as long as the story lasts."""
    assert others([Strike(method, error, 0, STEPS)]) == undisturbed()


@settings(max_examples=60, deadline=None)
@given(STRIKES)
def test_errors_in_random_steps_leave_the_other_images_alone(strikes: list[Strike]) -> None:
    """All others reach the same end as without them."""
    assert others(strikes) == undisturbed()


@pytest.mark.parametrize("method", ["find", "run", "digest", "shows_ids"])
def test_a_rebuild_that_cannot_be_followed_says_so_and_is_given_up(method: str) -> None:
    """The image shows the error; after six hours the rebuild ends, so that it keeps no place and no child waiting."""
    trouble = Trouble()
    found = company(trouble)
    found.round.run()
    if method in ("find", "shows_ids"):
        found.builds.lose_next(started=False)
    found.move(OWN_BASE, "evil base 1")
    found.after(HOUR)
    found.after(7 * DAY + WINDOW + MINUTE)
    if method == "digest":
        _finish(found, EVIL)
    trouble.now = {method: KeyError("status")}
    found.after(2 * MINUTE)
    assert found.status(EVIL)[0] == "error"
    assert found.status(EVIL)[1].startswith("its rebuild cannot be followed: internal error: KeyError; see the log; ")
    commits = len(found.snapshot.commits)
    found.after(HOUR)
    assert (found.last(EVIL).active, len(found.snapshot.commits)) == (True, commits)

    found.after(6 * HOUR)
    assert found.image(EVIL).active is None
    assert "its outcome cannot be learned: internal error: KeyError" in (found.last(EVIL).error or "")
    assert found.status(EVIL)[0] == "failed"


def test_a_child_does_not_wait_for_a_parent_that_cannot_be_dispatched() -> None:
    """The digests of the parent's bases cannot be checked, for an unexpected reason."""
    trouble = Trouble(about="evil-base")
    found = company(trouble)
    found.move("docker.io/library/alpine:3", "alpine 0")
    found.enroll("child", f"FROM {enrolled(EVIL).reference} AS tools\nFROM docker.io/library/alpine:3\n")
    found.round.run()
    found.move(OWN_BASE, "evil base 1")
    found.move("docker.io/library/alpine:3", "alpine 1")
    found.after(HOUR)
    trouble.now = {"exists": ValueError("of a library")}
    found.after(7 * DAY + WINDOW + MINUTE)

    assert "acme/child" in [request.source.repo for request in found.builds.dispatches]
    assert found.status(EVIL)[0] == "error"
    assert "the digests of its base images cannot be checked: internal error: ValueError" in found.status(EVIL)[1]


def test_an_error_that_ends_is_shown_no_more() -> None:
    """The image goes on where it stopped."""
    trouble = Trouble({"labels": MemoryError(), "files": OSError(5, "I/O error")})
    found = company(trouble)
    found.round.run()
    assert found.image(EVIL).discovery_error == "Dockerfile: internal error: OSError; see the log"
    trouble.now.pop("files")
    found.after(MINUTE)
    assert found.status(EVIL)[1].startswith("what it is built from cannot be learned: internal error: MemoryError; ")

    trouble.now.clear()
    found.after(MINUTE)
    assert found.status(EVIL)[0] == found.status("zeta")[0]


@pytest.mark.parametrize("value", ["x" * 1_500, "x" * 100_000, "$" * 5_000, "\n-----BEGIN CERTIFICATE-----\n" * 200])
@pytest.mark.parametrize("dockerfile", [f"FROM {NODE}\n", f"ARG CA\nFROM {NODE}\n", "ARG CA\nFROM $CA\n"])
def test_a_long_build_argument_stops_no_image(value: str, dockerfile: str) -> None:
    """One that no FROM needs does not matter; otherwise the base of its image alone is not known."""
    found = company(Trouble())
    found.enroll("long", dockerfile, source=Source("github", "acme/long", build_args={"CA": value}))
    found.round.run()
    found.move(NODE, "node 1")
    found.after(HOUR)
    found.after(7 * DAY + WINDOW + MINUTE)

    assert "acme/zeta" in [request.source.repo for request in found.builds.dispatches]
    image = found.image("long")
    assert bool(image.discovery_error or image.unresolved) is ("$CA" in dockerfile)
