"""Tests of the names of base images."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.names import base_name, slug
from catalog.reference import ImageReference

VALID = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# With few letters and many separators, different references often have the same slug.
REFERENCES = st.builds(
    ImageReference,
    st.sampled_from(["docker.io", "ghcr.io", "localhost:5000", "[::1]:5000", "a.b"]),
    st.from_regex(r"(library|a|b)(/[ab]([._]|__|--)?[ab]{0,40}){1,3}", fullmatch=True),
    st.from_regex(r"[ABab1][ABab1._-]{0,60}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("node:22-bookworm-slim", "node-22-bookworm-slim"),
        ("docker.io/library/node:22_Slim", "node-22-slim"),
        ("ghcr.io/acme/base:1.2", "ghcr-io-acme-base-1-2"),
        ("grafana/grafana:10", "docker-io-grafana-grafana-10"),
        ("localhost:5000/a--b:1", "localhost-5000-a-b-1"),
        ("node", "node"),
    ],
)
def test_a_name_is_like_its_reference(reference: str, name: str) -> None:
    """Official images of Docker Hub have a short name, others include registry and path."""
    assert base_name(ImageReference.parse(reference), set()) == name


def test_a_taken_name_gets_a_hash() -> None:
    """The name of another image is not used, whatever its case."""
    node = ImageReference.parse("node:22")

    name = base_name(node, {"node-22"})

    assert re.fullmatch(r"node-22-[0-9a-f]{8}", name)
    assert base_name(node, {"node-22", name}) not in {"node-22", name}


def test_a_long_name_is_cut_with_a_hash() -> None:
    """Two long references that differ only at the end have different names of at most 63 characters."""
    first, second = (ImageReference.parse(f"ghcr.io/{'long-' * 12}name:{tag}") for tag in ("1", "2"))

    names = {base_name(first, set()), base_name(second, set())}

    assert len(names) == 2
    assert {len(name) for name in names} == {63}


@given(st.lists(REFERENCES, max_size=12), st.sets(st.sampled_from(["a", "a-a-a", "a-b-1", "b-a-1"])))
def test_names_are_valid_and_never_collide(references: list[ImageReference], managed: set[str]) -> None:
    """For any references in any order, each one has a name that no other has."""
    taken = set(managed)
    for reference in references:
        name = base_name(reference, taken)
        assert VALID.fullmatch(name)
        assert "--" not in name
        assert name not in taken
        taken.add(name)


@given(st.text())
def test_a_slug_has_plain_letters_and_single_hyphens(text: str) -> None:
    """The result has groups of a-z and 0-9 with one '-' between them, or is empty."""
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug(text))


def test_a_name_of_the_full_length_is_not_cut() -> None:
    """63 characters are allowed, so the name has no hash; one more character leads to a hash."""
    fits = ImageReference("docker.io", f"library/{'a' * 61}", "1")
    longer = ImageReference("docker.io", f"library/{'a' * 62}", "1")

    assert base_name(fits, set()) == f"{'a' * 61}-1"
    assert re.fullmatch(r"a{54}-[0-9a-f]{8}", base_name(longer, set()))


def test_a_name_has_no_hyphen_before_the_hyphen_of_its_hash() -> None:
    """Where the cut leaves a '-' at the end, the '-' is removed; a '-' inside stays."""
    reference = ImageReference("docker.io", f"library/a-{'b' * 51}-{'c' * 20}", "1")

    assert re.fullmatch(r"a-b{51}-[0-9a-f]{8}", base_name(reference, set()))


def test_the_hash_of_a_name_never_changes() -> None:
    """Names are kept in Backstage and in git, so another release of this service gives the same ones."""
    node = ImageReference.parse("node:22")
    first = base_name(node, {"node-22"})
    second = base_name(node, {"node-22", first})

    assert [first, second] == ["node-22-281a10c0", "node-22-91fa9d9a"]
