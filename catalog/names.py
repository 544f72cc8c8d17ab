"""Derive the entity name of a base image from its reference: readable, valid in Backstage and unique."""

import hashlib
import itertools
import re
from collections.abc import Container, Iterator

from catalog.reference import DOCKER_HUB, ImageReference

LONGEST_NAME = 63
"""Backstage's limit for entity names, tags and label values (docs: "Descriptor format", metadata)."""

_HASH_LENGTH = 8
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
_OFFICIAL = f"{DOCKER_HUB}/library/"


def base_name(reference: ImageReference, taken: Container[str]) -> str:
    """The name of a base image that has none yet; the same arguments give the same name.

    Args:
        reference: the base image, normalised.
        taken: the names in use, in lower case.

    Returns:
        `node-22-bookworm-slim` for docker.io/library/node:22-bookworm-slim, `ghcr-io-acme-base-1-2` for all other
        registries and paths; with a short hash if that is too long or taken.
    """
    return next(name for name in _candidates(str(reference)) if name not in taken)


def slug(text: str) -> str:
    """The text in lower case, each run of characters other than a-z and 0-9 as one '-', without '-' at its ends."""
    return _NOT_IN_A_NAME.sub("-", text.lower()).strip("-")


def hashed(stem: str, text: str, mark: str = "-") -> str:
    """The stem, `mark` and a short hash of the text, at most 63 characters together; the stem is cut where needed."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{stem[: LONGEST_NAME - _HASH_LENGTH - len(mark)].rstrip('-_.')}{mark}{digest}"


def _candidates(text: str) -> Iterator[str]:
    # A reference has a letter or a digit, so its slug is never empty.
    stem = slug(text.removeprefix(_OFFICIAL))
    if len(stem) <= LONGEST_NAME:
        yield stem
    yield hashed(stem, text)
    # Names of managed images are free text, so even a name with a hash can be taken; `taken` is finite, so this ends.
    yield from (hashed(stem, f"{text} {attempt}") for attempt in itertools.count(2))
