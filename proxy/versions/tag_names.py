"""Properties of a tag's name: whether it is valid, whether it is a semantic version, and its order. Pure."""

import re

from semver import Version as SemanticVersion

TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
"""The form of a tag (distribution specification, "Pulling manifests"); nothing else can be pulled or shown."""

# cosign's signatures, attestations and SBOMs (cosign's SPECIFICATIONS.md), and the fallback tag of the distribution
# specification for registries without the referrers API ("Unavailable Referrers API").
_ATTACHED = re.compile(r"sha(256|384|512)-[0-9a-f]{64,128}(\.[A-Za-z0-9_.-]+)?")
_LEADING_NUMBERS = re.compile(r"v?([0-9]+(?:\.[0-9]+)*)(.*)", re.DOTALL)

Precedence = tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]
"""Sorts like versions: numbers, then a release above its pre-releases and variants, then their identifiers."""

_NO_VERSION: Precedence = ((), False, ())


def is_attachment(tag: str) -> bool:
    """Whether a tag holds something about an image (a signature, an attestation, an SBOM), not an image."""
    return _ATTACHED.fullmatch(tag) is not None


def is_tag(text: str) -> bool:
    """Whether a text can be the tag of an image; lists also contain signatures and attestations."""
    return TAG.fullmatch(text) is not None


def is_semantic(tag: str) -> bool:
    """Whether a tag is a semantic version (semver.org, 2.0.0), with or without a `v` before it."""
    return SemanticVersion.is_valid(tag.removeprefix("v"))


def precedence(tag: str) -> Precedence:
    """The sort key of tags; those that do not begin with a number come last.

    It covers more than semantic versions, because people also read `22-bookworm` and `1.2` as versions.
    """
    found = _LEADING_NUMBERS.fullmatch(tag)
    if found is None:
        return _NO_VERSION
    numbers = tuple(int(part) for part in found[1].split("."))
    suffix = found[2].lstrip("-._+")
    return numbers, not suffix, tuple(_identifier(part) for part in re.split(r"[.-]", suffix)) if suffix else ()


def _identifier(text: str) -> tuple[bool, int, str]:
    """Numbers below words, numbers by value (semver.org, 11.4)."""
    return (False, int(text), "") if text.isdecimal() and text.isascii() else (True, 0, text)
