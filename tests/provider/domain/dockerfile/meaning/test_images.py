"""Texts with a transport, as podman, buildah and buildx write them."""

import pytest

from provider.domain.dockerfile import discover

DOCKER = "docker:// is a form that podman and buildah read and BuildKit refuses; the image after it is watched"


@pytest.mark.parametrize(
    ("text", "references", "line", "message"),
    [
        ("FROM a\n\nFROM docker://b:1", ["a", "b:1"], 3, DOCKER),
        ("FROM a\n\nCOPY --from=docker://b:1 c d", ["a", "b:1"], 3, DOCKER),
        ("FROM a\n\nRUN --mount=from=docker://b:1,target=/c d", ["a", "b:1"], 3, DOCKER),
    ]
    + [
        (text, ["a"], 2, f"{scheme}:// names no image of a registry; what it names is not watched")
        for scheme in ("oci-layout", "docker-daemon", "docker-archive", "containers-storage", "target", "docker-image")
        for text in (f"FROM a\nFROM {scheme}://b:1", f"FROM a\nCOPY --from={scheme}://b:1 c d")
    ],
)
def test_a_transport_is_a_warning(text: str, references: list[str], line: int, message: str) -> None:
    """Only an image of a registry is watched."""
    found = discover(text)

    assert [each.reference for each in found.references] == references
    assert [(each.line, each.message, each.quoted) for each in found.warnings] == [(line, message, None)]
