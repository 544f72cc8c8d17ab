"""Image references: parsed once at the edge; after that nobody splits on ':' again."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NewType

from docker_image import reference as grammar
from docker_image.digest import InvalidDigest

Digest = NewType("Digest", str)
"""`algorithm:hex`, e.g. `sha256:` and 64 hexadecimal digits."""

DEFAULT_TAG = "latest"
DOCKER_HUB = "docker.io"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")


class InvalidReference(ValueError):
    """The text is no image reference or digest; the message says which text and why."""


def parse_digest(text: str) -> Digest:
    """A digest out of text.

    Raises:
        InvalidReference: the text is no digest of a registered algorithm.
    """
    if not _DIGEST.fullmatch(text):
        raise InvalidReference(f"{text!r} is not a digest; it looks like sha256: and 64 hexadecimal digits")
    return Digest(text)


@dataclass(frozen=True, slots=True, order=True)
class ImageReference:
    """Where an image is: registry (host, maybe with a port), repository (a path in it), tag and digest as far as known.

    Normalised as the distribution project does: `node` is `docker.io/library/node`. Source of the grammar:
    github.com/distribution/reference.
    """

    registry: str
    repository: str
    tag: str | None = None
    digest: Digest | None = None

    @classmethod
    def parse(cls, text: str) -> "ImageReference":
        """Parse `[registry/]repository[:tag][@digest]`.

        Raises:
            InvalidReference: the reference grammar refuses the text.
        """
        return _parsed(text)

    @property
    def image(self) -> str:
        """Registry and repository, without tag and digest."""
        return f"{self.registry}/{self.repository}"

    @property
    def tagged(self) -> "ImageReference":
        """The reference by tag alone, `latest` when none is written: what a registry is asked for."""
        return replace(self, tag=self.tag or DEFAULT_TAG, digest=None)

    @property
    def familiar(self) -> str:
        """As people write it: without `docker.io/` and `library/`."""
        if self.registry != DOCKER_HUB:
            return str(self)
        return str(self).removeprefix(f"{DOCKER_HUB}/").removeprefix("library/")

    def at(self, digest: Digest) -> "ImageReference":
        """The same image pinned to a digest; its tag stays."""
        return replace(self, digest=digest)

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.image}{tag}{digest}"


# The same few references are read again and again, and the grammar costs 40 microseconds.
@lru_cache(maxsize=65_536)
def _parsed(text: str) -> ImageReference:
    # The library's patterns end in `$`, which lets one line break through.
    if not text or text != text.strip():
        raise InvalidReference(f"{text!r} is not an image reference: it is empty or has spaces around it")
    try:
        parsed = grammar.Reference.parse_normalized_named(text)
    except (grammar.InvalidReference, InvalidDigest) as error:
        raise InvalidReference(f"{text!r} is not an image reference: {error}") from error
    digest = parsed["digest"]
    registry, repository = parsed.split_hostname()
    return ImageReference(registry, repository, parsed["tag"], parse_digest(digest) if digest else None)
