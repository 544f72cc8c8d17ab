"""Reference -> the name of a base image's entity: readable, valid in Backstage, never another image's."""

import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping

from catalog.reference import DOCKER_HUB, ImageReference

# Backstage's limit for an entity's name (docs: "Descriptor format", metadata.name).
LONGEST_NAME = 63
_HASH_LENGTH = 8
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
_OFFICIAL = f"{DOCKER_HUB}/library/"


def base_name(reference: ImageReference, taken: Mapping[str, str]) -> str:
    """The name for a base image.

    The same arguments give the same name, and a name that is entered in `taken` for this reference is given again.

    Args:
        reference: the base image, normalised.
        taken: names that are in use, in lower case, each with the text of the reference that holds it.

    Returns:
        `node-22-bookworm-slim` for docker.io/library/node:22-bookworm-slim, `ghcr-io-acme-base-1-2` for all other
        registries and paths; with a short hash where that is too long or another image's.
    """
    own = str(reference)
    stem = slug(own.removeprefix(_OFFICIAL)) or "image"
    plain = stem if len(stem) <= LONGEST_NAME else _hashed(stem, own)
    for name in (plain, _hashed(stem, own)):
        if taken.get(name) == own:
            return name
    return next(name for name in _candidates(plain, stem, own) if taken.get(name, own) == own)


def slug(text: str) -> str:
    """The text in lower case with every run of other characters than a-z and 0-9 as one '-', none at the edges."""
    return _NOT_IN_A_NAME.sub("-", text.lower()).strip("-")


def _candidates(plain: str, stem: str, own: str) -> Iterator[str]:
    yield plain
    yield _hashed(stem, own)
    # Names of managed images are free text, so even a hash may be taken; `taken` is finite, so this ends.
    yield from (_hashed(stem, f"{own} {attempt}") for attempt in itertools.count(2))


def _hashed(stem: str, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{stem[: LONGEST_NAME - _HASH_LENGTH - 1].rstrip('-')}-{digest}"
