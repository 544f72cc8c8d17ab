"""Reading from one commit to the next: the same as reading everything, at the cost of what differs."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.config_repo.state.documents import base_text, image_text
from provider.config_repo.state.reading import read_commit
from provider.domain.enrollment import Enrollment
from provider.domain.ledger import Ledger
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState
from provider.domain.verification.rule import CosignRule, Verify
from tests.provider.config_repo.repository.steered import enrollments_text
from tests.provider.config_repo.state.file_history import FileHistory
from tests.provider.domain.samples import NODE, base, dependency, image

TEAM = "images.d/a.yaml"
PORTAL, TOOLS = image("portal", dependency()), image("tools", dependency(), owner="group:default/a")
SIGNED = replace(PORTAL.enrollment, verify=Verify(CosignRule(("keys/a.pem",))))
BASE = base("node", NODE)


def of_team(state: ImageState, **others: object) -> ImageState:
    """The image, enrolled by a team."""
    return replace(state, enrollment=replace(state.enrollment, file=TEAM, **others))  # type: ignore[arg-type] # fields of it


def entries(*enrollments: Enrollment) -> str:
    """The text of a file of enrollments."""
    return enrollments_text(enrollments)


STATE = "state/images/portal.yaml"
VARIANTS: Mapping[str, tuple[str | None, ...]] = {
    "images.yaml": (
        entries(PORTAL.enrollment),
        entries(SIGNED),
        entries(PORTAL.enrollment, replace(TOOLS.enrollment, repository="acme/portal")),
        entries(PORTAL.enrollment).replace("registry", "registri"),
        "[",
        None,
    ),
    TEAM: (entries(TOOLS.enrollment), entries(PORTAL.enrollment, TOOLS.enrollment), "- name: tools\n", None),
    "images.d/b.yaml": (entries(Enrollment("own-node", "docker.io", "library/node", "22")), None),
    "images.d/b.yml": ("[]\n", None),
    "policy.yaml": (
        "rules:\n- files: images.d/a.yaml\n  images: [ghcr.io/acme/*]\n",
        "removals: [portal]\n",
        "rules: 7\n",
        None,
    ),
    "keys/a.pem": ("no key\n", None),
    STATE: (
        image_text(PORTAL),
        image_text(replace(PORTAL, ledger=Ledger())),
        image_text(of_team(PORTAL)),
        image_text(replace(PORTAL, dependencies=())),
        f"colour: red\n{image_text(PORTAL)}",
        "name: portal\n",
        None,
    ),
    "state/images/tools.yaml": (image_text(TOOLS), image_text(of_team(TOOLS, tag="1")), image_text(PORTAL), None),
    "state/images/a-b.yaml": (image_text(image("a-b")), None),
    "state/images/a.yaml": (image_text(image("a")), None),
    "state/base-images/node.yaml": (
        base_text(BASE, ()),
        base_text(replace(BASE, enrollment=TOOLS.enrollment), ()),
        base_text(replace(BASE, origin=TEAM), ()),
        "[",
        None,
    ),
    "state/_archive/images/portal.yaml": (image_text(of_team(PORTAL)), "[", None),
    "state/_archive/base-images/node.yaml": (base_text(BASE, ()), "[", None),
    "state/_archive/images/x.unreadable.yaml": ("[", None),
}
CHANGES = st.sampled_from(sorted(VARIANTS)).flatmap(
    lambda path: st.tuples(st.just(path), st.sampled_from(VARIANTS[path]))
)
COMMITS = st.lists(st.lists(CHANGES, min_size=1, max_size=4).map(dict), min_size=1, max_size=6)


def in_order(snapshot: Snapshot) -> list[object]:
    """The keys of its mappings, in their order."""
    mappings = (
        snapshot.enrollments, snapshot.images, snapshot.bases, snapshot.archived_images, snapshot.archived_bases,
    )  # fmt: skip
    return [list(each) for each in mappings]


@settings(max_examples=150)
@given(COMMITS, st.booleans())
def test_reading_what_differs_is_reading_everything(commits: list[dict[str, str | None]], comparable: bool) -> None:
    """Whatever changes from commit to commit: entries, rules, files, states, the archive, and what cannot be read."""
    history, known = FileHistory(), None
    history.comparable = comparable
    for changes in commits:
        history.commit(changes)
        known = read_commit(history.as_repository, before=known)
        anew = read_commit(history.as_repository)

        assert known.snapshot == anew.snapshot
        assert in_order(known.snapshot) == in_order(anew.snapshot)
        assert (known.enrollments, known.blobs, known.policy) == (anew.enrollments, anew.blobs, anew.policy)


def begun() -> FileHistory:
    """Two images and a base."""
    history = FileHistory()
    first = {path: VARIANTS[path][0] for path in ("images.yaml", TEAM, "policy.yaml", STATE, "state/images/tools.yaml")}
    history.commit({**first, "state/base-images/node.yaml": base_text(BASE, ())})
    return history


def test_only_the_files_that_differ_are_read() -> None:
    """A commit of one state reads one file, a push of one team its file; the same commit reads nothing."""
    history = begun()
    known = read_commit(history.as_repository)
    for path in (STATE, TEAM, "policy.yaml"):
        history.read.clear()
        history.commit({path: VARIANTS[path][1]})
        known = read_commit(history.as_repository, before=known)

        assert history.read == [path]
        assert read_commit(history.as_repository, before=known) is known


def test_what_does_not_differ_stays_the_same_object() -> None:
    """Each mapping in which nothing changed, and each state and each enrollment in force in the others."""
    history = begun()
    known = read_commit(history.as_repository)
    history.commit({"images.yaml": None, STATE: VARIANTS[STATE][1]})
    before, after = known.snapshot, read_commit(history.as_repository, before=known).snapshot

    assert after.images["portal"] is not before.images["portal"]
    assert after.images["tools"] is before.images["tools"]
    assert after.enrollments["tools"] is before.enrollments["tools"]
    for same in ("bases", "archived_images", "archived_bases", "policy"):
        assert getattr(after, same) is getattr(before, same)


def test_a_new_digest_decides_nothing_about_enrollments() -> None:
    """What is in force depends on other parts of the state."""
    history = begun()
    known = read_commit(history.as_repository)
    history.commit({STATE: VARIANTS[STATE][1]})

    assert read_commit(history.as_repository, before=known).settled is known.settled


@pytest.mark.parametrize(
    ("first", "then"),
    [
        # A team may not enroll what others depend on, or what another file has enrolled before.
        ({"images.d/b.yaml": VARIANTS["images.d/b.yaml"][0]}, {STATE: VARIANTS[STATE][3]}),
        (
            {"images.d/b.yaml": VARIANTS["images.d/b.yaml"][0], STATE: VARIANTS[STATE][3]},
            {"state/base-images/node.yaml": base_text(replace(BASE, origin=TEAM), ())},
        ),
        # Only the file that is named was missing.
        ({"images.yaml": entries(SIGNED)}, {"keys/a.pem": "no key\n"}),
        # The archive says where an image was enrolled.
        (
            {STATE: None, "images.yaml": None, "policy.yaml": None},
            {"state/_archive/images/portal.yaml": image_text(PORTAL)},
        ),
        ({}, {"policy.yaml": "removals: [portal]\n"}),
        ({}, {TEAM: None}),
    ],
)
def test_whatever_decides_about_enrollments_is_noticed(
    first: dict[str, str | None], then: dict[str, str | None]
) -> None:
    """Also where no file of enrollments changed."""
    history = begun()
    history.commit({TEAM: VARIANTS[TEAM][1], **first})
    before = read_commit(history.as_repository)
    history.commit(then)
    after, anew = read_commit(history.as_repository, before=before), read_commit(history.as_repository)

    assert after.snapshot == anew.snapshot
    assert (after.snapshot.problems, after.snapshot.enrollments) != (
        before.snapshot.problems,
        before.snapshot.enrollments,
    )


def test_an_enrollment_in_force_is_in_memory_once() -> None:
    """What the file and the state have is one object."""
    read = read_commit(begun().as_repository)

    assert read.snapshot.enrollments["portal"] is read.snapshot.images["portal"].enrollment
    assert read.enrollments.entries[0].enrollment is read.snapshot.images["portal"].enrollment
