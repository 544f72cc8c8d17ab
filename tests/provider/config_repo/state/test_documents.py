"""State files: text and back, and what a person may do to them."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.image import Conclusion, DependencyRole
from provider.config_repo.state.documents import (
    InvalidState,
    StateContent,
    base_text,
    image_text,
    read_base,
    read_image,
)
from provider.domain.asking.asked import Hold
from provider.domain.enrollment import Bake, Build, Source
from provider.domain.state import BaseState, ImageState
from tests.provider.config_repo.entries import NAMES
from tests.provider.config_repo.states import BASES, IMAGES
from tests.provider.domain.samples import START, dependency, image

TEXT = image_text(image("portal", dependency()))
REBUILD = """
rebuilds:
- id: r-1
  key: k
  conclusion: success
  reason: because
  requestedAt: '2026-01-01T00:00:00Z'
  wave: '2026-01-01T00:00:00Z'
  asked: 2
  settled: yes
"""


@settings(max_examples=60)
@given(IMAGES)
def test_an_image_is_read_as_it_was_written(state: ImageState) -> None:
    """Nothing is lost or changed on the way through the file."""
    assert read_image(image_text(state)) == StateContent(state)


@settings(max_examples=60)
@given(BASES, st.lists(NAMES).map(tuple))
def test_a_base_is_read_as_it_was_written(state: BaseState, dependents: tuple[str, ...]) -> None:
    """The dependents are there for people only."""
    assert read_base(base_text(state, dependents)) == StateContent(state)


@pytest.mark.parametrize("file", ["images.yaml", "images.d/team-a.yaml"])
def test_the_file_of_an_enrollment_is_kept(file: str) -> None:
    """It stays known while the entry there is not valid; images.yaml need not be written."""
    state = replace(image("portal"), enrollment=replace(image("portal").enrollment, file=file))

    assert read_image(image_text(state)) == StateContent(state)
    assert (file in image_text(state)) is not state.enrollment.made_by_admin


def test_a_hand_edit_counts() -> None:
    """A hold, and a time written in another zone."""
    edited = TEXT.replace("2026-01-01T00:00:00Z", "2026-01-02T01:00:00+01:00", 1) + "held: release freeze\n"
    state = read_image(edited).state

    assert state.held == Hold("release freeze")
    assert state.enrolled_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert image("portal").enrolled_at == START


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("enrolledAt: '2026-01-01T00:00:00Z'", "enrolledAt: yesterday", "enrolledAt: 'yesterday' is not a time; "),
        ("enrolledAt: '2026-01-01T00:00:00Z'", "enrolledAt: 2026-01-01T00:00:00", "enrolledAt: .* has no time zone; "),
        ("builtOn: sha256:", "builtOn: sha512:", r"baseImages\[0\].builtOn: 'sha512:.*' is not a digest; "),
        ("builtOnSince: '2026-01", "builtOnSince: '2026-13", r"baseImages\[0\].builtOnSince: '2026-13"),
        ("  builtOnSince: '2026-01-01T00:00:00Z'\n", "", r"baseImages\[0\]: builtOnSince is missing beside builtOn; "),
        (
            "registry: ghcr.io",
            "registri: ghcr.io",
            "enrollment.registry: is missing; enrollment: registri is not known",
        ),
        ("updateHistory:", "updateHistory: 7\nmore:", "updateHistory: must be a list; more is not known"),
        ("  seenBy: poll", "  seenBy: [poll]", r"updateHistory\[0\].seenBy: must be text"),
    ],
)
def test_what_is_no_state_is_refused_by_its_path(before: str, after: str, message: str) -> None:
    """An unknown key or a value that is none is named with what would be right, so that a person finds it."""
    assert before in TEXT
    with pytest.raises(InvalidState, match=f"^{message}"):
        read_image(TEXT.replace(before, after, 1))


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """A person mends the file once; the line is that of the first wrong value."""
    with pytest.raises(InvalidState) as caught:
        read_image(TEXT.replace("role: final", "role: last").replace("seenBy: poll", "gone: perhaps"))

    assert str(caught.value) == (
        "updateHistory[0].gone: 'perhaps' is neither true nor false; "
        "baseImages[0].role: 'last' is not one of final, stage, unused, syntax"
    )
    assert TEXT.splitlines()[caught.value.line - 1].strip() == "seenBy: poll"


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ("name: portal", "name: portal\nhold: yes", "hold is not known; did you mean held?; it is ignored"),
        ("role: final", "role: last", "baseImages[0].role: 'last' is not one of .*; stage is assumed"),
        ("  freshness: passed", "  fresh: unknown", "baseImages[0]: fresh is not known; .*; it is ignored"),
        ("  freshness: passed", "  freshness: proven", "baseImages[0].freshness: 'proven' .*; assumed is assumed"),
        ("discoveryStatus: success", "discoveryStatus: partial", "discoveryStatus: 'partial' .*; pending is assumed"),
        ("registry: ghcr.io", "registry: ghcr.io\n  team: a", "enrollment: team is not known; .*; it is ignored"),
        ("registry: ghcr.io", "registry: ghcr.io\n  rebuildDelay: 9y", "enrollment.rebuildDelay: '9y' .*ignored"),
        (
            "registry: ghcr.io",
            "registry: ghcr.io\n  criticality: odd",
            "enrollment.criticality: 'odd' .*normal is assumed",
        ),
        (
            "registry: ghcr.io",
            "registry: ghcr.io\n  platforms: arm",
            "enrollment.platforms: must be a list; it is ignored",
        ),
        (
            "repo: acme/portal",
            "repo: acme/portal\n    depth: 1",
            "enrollment.source: depth is not known; .*; it is ignored",
        ),
    ],
)
def test_what_this_release_does_not_know_is_noted_and_loses_nothing_else(before: str, after: str, note: str) -> None:
    """Another release wrote it, or a person; the note has the line, and everything else is read."""
    assert before in TEXT
    text = TEXT.replace(before, after, 1)
    content = read_image(text)

    (found,) = content.notes
    assert re.fullmatch(note.replace("[", r"\[").replace("?", r"\?"), found.text)
    assert found.field
    assert text.splitlines()[found.line - 1].strip() == after.splitlines()[-1].strip()
    state = image("portal", dependency())
    (edge,) = content.state.dependencies
    assert replace(content.state, dependencies=(), discovery=state.discovery) == replace(state, dependencies=())
    assert (edge.image, edge.built_on) == (state.dependencies[0].image, state.dependencies[0].built_on)
    assert edge.role is (DependencyRole.STAGE if ".role" in note else DependencyRole.FINAL)


@pytest.mark.parametrize(
    "entry",
    [
        {"source": Source("git", "http://127.0.0.1:41631/acme/app.git")},
        {"source": Source("git", "ext::sh -c id")},
        {"source": Source("github", "acme/app", build_args={"CA": "x" * 5000, "": "", "1 2": "\n"})},
        {"source": Source("github", "acme/app", branch="-x", dockerfiles=("../../etc", ""), target="Not A Target")},
        {"source": Source(cast("Any", "bitbucket"), "acme/app")},
        {"source": Source("github", "acme/app", dockerfiles=("one",), contexts={"a b": "x", "c": "docker-image://"})},
        {"source": Source("github", "acme/app", bake=Bake("", "-"), base_images=("not a reference",))},
        {"build": Build("webhook", url="http://10.0.0.1/build")},
        {"build": Build(cast("Any", "jenkins"), project="x")},
        {"build": Build("github-actions", ref="refs/heads/x")},
        {"owner": "nobody in particular", "lifecycle": "", "title": "a\nb", "system": "x" * 500},
        {"platforms": ("linux/amd64", "linux/amd64", "plan9")},
    ],
    ids=str,
)
def test_a_rule_of_enrollments_loses_no_state(entry: dict[str, Any]) -> None:
    """What was written once is read for ever, also where people's files may not have it any more."""
    state = image("portal", dependency())
    state = replace(state, enrollment=replace(state.enrollment, **entry))

    assert read_image(image_text(state)) == StateContent(state)


@settings(max_examples=60)
@given(IMAGES, st.data())
def test_any_text_from_outside_can_be_written(state: ImageState, data: st.DataObject) -> None:
    """Errors and addresses come from other services; a lone surrogate becomes a question mark."""
    odd = data.draw(st.text(st.characters() | st.sampled_from("\ud800\udfff\x00\x7f\ufffe\u2028")))
    written = replace(state, discovery_error=odd, held=Hold(odd))
    readable = odd.encode("utf-8", "replace").decode()

    assert read_image(image_text(written)).state == replace(state, discovery_error=readable, held=Hold(readable))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: " + "[" * 1_000, 1, "deeper than 32"),
        ("a: 1\nb: " + "[" * 60_000, 2, "deeper than 32"),
        ("- " * 60_000, 1, "deeper than 32"),
        ("a: &a [*a]", 1, "not YAML"),
        ("x" * 17_000_000, 1, "larger than 16 MiB"),
    ],
)
def test_a_hostile_file_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    """It neither overflows the stack nor fills the memory."""
    with pytest.raises(InvalidState, match=words) as caught:
        read_image(text)

    assert caught.value.line == line


def test_values_keep_their_types() -> None:
    """Words of an enumeration are its members again, and numbers are numbers."""
    state = read_image(TEXT + REBUILD).state

    assert state.dependencies[0].role is DependencyRole.FINAL
    assert state.rebuilds[0].conclusion is Conclusion.SUCCESS
    assert (state.rebuilds[0].asked, state.rebuilds[0].settled, state.rebuilds[0].causes) == (2, True, ())


@pytest.mark.parametrize("text", ["", "[]", "name: [", "a: &a [*a]", "just words", "name: portal\n"])
def test_any_other_text_is_refused(text: str) -> None:
    """Any content gives this error and no other."""
    for read in (read_image, read_base):
        with pytest.raises(InvalidState):
            read(text)
