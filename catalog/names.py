"""Derive the entity name of a base image from its reference: readable, valid in Backstage and unique."""

import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping

from catalog.reference import DOCKER_HUB, ImageReference

# Backstage's limit for entity names (docs: "Descriptor format", metadata.name).
LONGEST_NAME = 63
_HASH_LENGTH = 8
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
_OFFICIAL = f"{DOCKER_HUB}/library/"


def base_name(reference: ImageReference, taken: Mapping[str, str]) -> str:
    """The name of a base image.

    The same arguments give the same name. A name that `taken` already has for this reference is returned again.

    Args:
        reference: the base image, normalised.
        taken: the names in use, in lower case, each with the text of its reference.

    Returns:
        `node-22-bookworm-slim` for docker.io/library/node:22-bookworm-slim, `ghcr-io-acme-base-1-2` for all other
        registries and paths; with a short hash if that is too long or taken by another image.
    """
    text = str(reference)
    stem = slug(text.removeprefix(_OFFICIAL)) or "image"
    plain = stem if len(stem) <= LONGEST_NAME else _hashed(stem, text)
    for name in (plain, _hashed(stem, text)):
        if taken.get(name) == text:
            return name
    return next(name for name in _candidates(plain, stem, text) if taken.get(name, text) == text)


def slug(text: str) -> str:
    """The text in lower case, each run of characters other than a-z and 0-9 as one '-', without '-' at its ends."""
    return _NOT_IN_A_NAME.sub("-", text.lower()).strip("-")


def _candidates(plain: str, stem: str, text: str) -> Iterator[str]:
    yield plain
    yield _hashed(stem, text)
    # Names of managed images are free text, so even a name with a hash can be taken; `taken` is finite, so this ends.
    yield from (_hashed(stem, f"{text} {attempt}") for attempt in itertools.count(2))


def _hashed(stem: str, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{stem[: LONGEST_NAME - _HASH_LENGTH - 1].rstrip('-')}-{digest}"
