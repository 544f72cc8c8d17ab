"""Image references, parsed once at the edge; the rest of the code uses the parsed parts."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from sys import intern
from typing import NewType

from docker_image import reference as grammar
from docker_image.digest import InvalidDigest

Digest = NewType("Digest", str)
"""`algorithm:hex`, e.g. `sha256:` and 64 hexadecimal digits."""

DEFAULT_TAG = "latest"
DOCKER_HUB = "docker.io"
_DOCKER_HUB_NAMES = frozenset({DOCKER_HUB, "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
_HTTPS_PORT = "443"
# Registry and repository have at most 255 characters together (github.com/distribution/reference,
# RepositoryNameTotalLengthMax), a tag 128 and a digest 135; the rest is for a port and separators.
_LONGEST = 600
_LONGEST_NAME = 255
_SHOWN = 80
_IP_ADDRESS = re.compile(r"[0-9.]+|\[.*\]")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")
_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_USUAL = re.compile(
    rf"(?P<image>(?P<host>{_LABEL}(?:\.{_LABEL})+)/(?P<path>{_COMPONENT}(?:/{_COMPONENT})*))"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
)

# Twelve digits, as `docker images` prints, leave no doubt in any collection of images.
_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}
_BEGINNING = re.compile(r"(?:(sha256|sha384|sha512):)?([0-9a-f]{12,128})")


class InvalidReference(ValueError):
    """The text is not an image reference or digest; the message has the text and the reason."""


def parse_digest(text: str) -> Digest:
    """Parse a digest.

    Raises:
        InvalidReference: the text is not a digest of a registered algorithm.
    """
    if not _DIGEST.fullmatch(text):
        raise InvalidReference(f"{text!r} is not a digest; a digest is sha256: followed by 64 hexadecimal digits")
    return Digest(text)


def digest_beginning(text: str) -> str | None:
    """A digest, or its first twelve or more hexadecimal digits, with the algorithm; None for any other text.

    The algorithm is sha256 if the text has none. Capital letters are the same as small ones.
    """
    found = _BEGINNING.fullmatch(text.lower())
    if not found or len(found[2]) > _DIGITS[found[1] or "sha256"]:
        return None
    return f"{found[1] or 'sha256'}:{found[2]}"


@lru_cache(maxsize=4096)
def canonical_registry(host: str) -> str:
    """The one spelling of a registry's `host[:port]`: each image has one history, however its Dockerfiles write it.

    Host names are in lower case, without a dot at the end and without the port of https; every name of Docker Hub is
    `docker.io`. A host without a dot, or with an IP address, keeps its port: such hosts are often reached by plain
    http, and without a port the grammar reads a host without a dot as a part of the path.
    """
    name, colon, port = host.lower().rpartition(":") if ":" in host else (host.lower(), "", "")
    name = name.rstrip(".")
    if "." not in name or not host.isascii():
        return host
    if port == _HTTPS_PORT and not _IP_ADDRESS.fullmatch(name):
        colon = port = ""
    return DOCKER_HUB if name in _DOCKER_HUB_NAMES and not port else f"{name}{colon}{port}"


@dataclass(frozen=True, slots=True, order=True)
class ImageReference:
    """The reference of an image: registry (host and optional port), repository (path), optional tag and digest.

    Normalised as the distribution project does: `node` is `docker.io/library/node`. Source of the grammar:
    github.com/distribution/reference. The registry has one spelling; see `canonical_registry`.
    """

    registry: str
    repository: str
    tag: str | None = None
    digest: Digest | None = None

    @classmethod
    def parse(cls, text: str) -> "ImageReference":
        """Parse `[registry/]repository[:tag][@digest]`.

        Raises:
            InvalidReference: the text does not match the grammar of references.
        """
        return _parsed(text)

    @property
    def image(self) -> str:
        """Registry and repository, without tag and digest."""
        return f"{self.registry}/{self.repository}"

    @property
    def tagged(self) -> "ImageReference":
        """The reference by tag only, `latest` by default; registries are queried with it."""
        return ImageReference(self.registry, self.repository, self.tag or DEFAULT_TAG)

    @property
    def familiar(self) -> str:
        """The short form: without `docker.io/` and `library/`."""
        if self.registry != DOCKER_HUB:
            return str(self)
        return str(self).removeprefix(f"{DOCKER_HUB}/").removeprefix("library/")

    def at(self, digest: Digest) -> "ImageReference":
        """The same image pinned to a digest; the tag is kept."""
        return replace(self, digest=digest)

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.image}{tag}{digest}"


# The same few references are parsed repeatedly, and parsing takes 40 microseconds.
@lru_cache(maxsize=65_536)
def _parsed(text: str) -> ImageReference:
    # First, because the time of the library's patterns grows with the square of the length.
    if len(text) > _LONGEST:
        raise InvalidReference(
            f"{text[:_SHOWN]!r}... is not an image reference: it has {len(text)} characters, at most {_LONGEST} fit"
        )
    # The patterns of the library end in `$`, which accepts one trailing line break.
    if not text or text != text.strip():
        raise InvalidReference(f"{text!r} is not an image reference: it is empty or has spaces at its ends")
    return usual_reference(text) or grammar_reference(text)


def usual_reference(text: str) -> ImageReference | None:
    """The reference, if it has a host with a dot and no port, and no digest, as almost all have; else None.

    It is what `grammar_reference` gives, in a tenth of the time.
    """
    found = _USUAL.fullmatch(text)
    if not found or found["host"] in _DOCKER_HUB_NAMES or len(found["image"]) > _LONGEST_NAME:
        return None
    # Ten thousand images have the same few hosts and tags: each of these texts is in memory once.
    return ImageReference(intern(found["host"]), found["path"], found["tag"] and intern(found["tag"]))


def grammar_reference(text: str) -> ImageReference:
    """The reference by the grammar of the distribution project.

    Raises:
        InvalidReference: the text does not match it.
    """
    first, slash, path = text.partition("/")
    try:
        parsed = grammar.Reference.parse_normalized_named(f"{canonical_registry(first)}/{path}" if slash else text)
    except (grammar.InvalidReference, InvalidDigest) as error:
        raise InvalidReference(f"{text!r} is not an image reference: {error}") from error
    digest = parsed["digest"]
    registry, repository = parsed.split_hostname()
    return ImageReference(registry, repository, parsed["tag"], parse_digest(digest) if digest else None)
