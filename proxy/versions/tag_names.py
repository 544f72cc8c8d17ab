"""Properties of a tag's name: whether it is valid, and whether it is a semantic version. Pure."""

import re

from semver import Version as SemanticVersion

from catalog.reference import Digest

TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
"""The form of a tag (distribution specification, "Pulling manifests"); nothing else can be pulled or shown."""

# cosign's signatures, attestations and SBOMs (cosign's SPECIFICATIONS.md), and the fallback tag of the distribution
# specification for registries without the referrers API ("Unavailable Referrers API").
_ATTACHED = re.compile(r"sha(256|384|512)-[0-9a-f]{64,128}(\.[A-Za-z0-9_.-]+)?")


def is_attachment(tag: str) -> bool:
    """Whether a tag holds something about an image (a signature, an attestation, an SBOM), not an image."""
    return _ATTACHED.fullmatch(tag) is not None


def attachment_of(tag: str) -> tuple[str, str]:
    """What such a tag is about, as `attachments_of` names it, and what it holds: `.sig`, `.att`, `.sbom` or nothing."""
    about, dot, suffix = tag.partition(".")
    return about, dot + suffix


def attachments_of(digest: Digest | None) -> str:
    """The beginning of the tags that hold something about a digest."""
    return (digest or "").replace(":", "-", 1)


def is_tag(text: str) -> bool:
    """Whether a text can be the tag of an image; lists also contain signatures and attestations."""
    return TAG.fullmatch(text) is not None


def is_semantic(tag: str) -> bool:
    """Whether a tag is a semantic version (semver.org, 2.0.0), with or without a `v` before it."""
    return SemanticVersion.is_valid(tag.removeprefix("v"))
