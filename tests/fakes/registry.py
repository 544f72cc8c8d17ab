"""A registry in memory."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from catalog.reference import DEFAULT_TAG, Digest, ImageReference
from proxy.deadline import Deadline
from proxy.errors import KeptBack, NotFound, OutsideFailure
from proxy.ports import SCHEMA_1_TYPES, CheckedDigest, Configuration, Manifest, Referrer, Unchanged, Wanted
from proxy.unexpected import failure_of
from proxy.version_types import Kind

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
PLATFORM = "linux/amd64"
"""The platform of every image that is not an index."""


def digest_of(text: str) -> Digest:
    """The digest of a text, for images whose content does not matter."""
    return Digest(f"sha256:{hashlib.sha256(text.encode()).hexdigest()}")


@dataclass(frozen=True, slots=True)
class Call:
    """A line of the log: the method and the reference of a call."""

    method: str
    reference: ImageReference


@dataclass(slots=True)
class _Repository:
    tags: dict[str, Digest] = field(default_factory=dict)
    manifests: dict[Digest, Manifest] = field(default_factory=dict)
    labels: dict[Digest, Mapping[str, str]] = field(default_factory=dict)
    built: dict[Digest, datetime | None] = field(default_factory=dict)
    referrers: dict[Digest, Sequence[Referrer]] = field(default_factory=dict)


class FakeRegistry:
    """All registries in one, empty at first; implements `proxy.ports.Registry`.

    Attributes:
        calls: every question, oldest first; `check` is a question of its own for each entry.
        on_call: called with each question before it is answered.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.on_call: Callable[[Call], object] = lambda _: None
        self._repositories: dict[str, _Repository] = {}
        self._errors: dict[tuple[ImageReference, str | None], OutsideFailure] = {}
        self._down: OutsideFailure | None = None

    def put(
        self,
        reference: ImageReference | str,
        digest: Digest,
        *,
        platforms: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
        layers: Sequence[Digest] = (),
        size: int = 1000,
        kind: Kind = "image",
        annotations: Mapping[str, str] | None = None,
        built_at: datetime | None = None,
        predicates: Sequence[str] = (),
        holds: Sequence[str] = (),
        referrers: Sequence[Referrer] = (),
    ) -> Manifest:
        """Add an image and, where the reference has a tag, let the tag point to it.

        Args:
            reference: its own digest does not matter.
            digest: of the manifest, or of the index where there are platforms.
            platforms: make an index over one child each.
            labels: in the configuration of the image or of every child.
            layers: of the image or of every child.
            size: bytes of configuration and layers.
            kind: what the manifest holds.
            annotations: of the manifest or the index, without their prefix.
            built_at: in the configuration of the image or of every child.
            predicates: statements in an attestation beside the children of an index.
            holds: statements in the manifest itself.
            referrers: the artifacts that refer to the digest.
        """
        asked = _parsed(reference)
        repository = self._repositories.setdefault(asked.image, _Repository())
        children = {platform: digest_of(f"{digest} {platform}") for platform in platforms}
        configuration = digest_of(f"configuration of {digest}")
        single = Manifest(
            digest, OCI_MANIFEST, size, {}, tuple(layers), configuration, kind=kind, annotations=annotations or {}
        )
        single = replace(single, predicates=frozenset(holds))
        repository.built[configuration] = built_at
        repository.referrers[digest] = referrers
        for child in children.values():
            repository.manifests[child] = replace(single, digest=child)
            repository.labels[child] = dict(labels or {})
        manifest = Manifest(digest, OCI_INDEX, 0, children, kind=kind) if children else single
        manifest = replace(manifest, annotations=annotations or {})
        if predicates:
            statement = digest_of(f"{digest} attestation")
            repository.manifests[statement] = replace(single, digest=statement, predicates=frozenset(predicates))
            manifest = replace(manifest, attestations=(statement,))
        repository.manifests[digest] = manifest
        repository.labels[digest] = dict(labels or {})
        if asked.tag:
            repository.tags[asked.tag] = digest
        return manifest

    def put_schema1(self, reference: ImageReference | str, digest: Digest, platform: str | None) -> None:
        """Let a tag point to an old image of schema 1, which says its own platform."""
        made = self.put(reference, digest)
        asked = _parsed(reference)
        self._repositories[asked.image].manifests[digest] = replace(
            made, media_type=SCHEMA_1_TYPES[0], size=0, configuration=None, platform=platform
        )

    def remove(self, reference: ImageReference | str) -> None:
        """Remove an image by its digest, with all its tags."""
        gone = _parsed(reference)
        repository = self._repositories[gone.image]
        repository.manifests.pop(Digest(str(gone.digest)))
        repository.tags = {tag: digest for tag, digest in repository.tags.items() if digest != gone.digest}

    def fail(self, reference: ImageReference | str, error: OutsideFailure, method: str | None = None) -> None:
        """Let every call for exactly this reference, or those of one method, raise an error."""
        self._errors[_parsed(reference), method] = error

    def go_down(self, error: OutsideFailure) -> None:
        """Let every call raise an error."""
        self._down = error

    def heal(self) -> None:
        """Remove every scripted error."""
        self._errors.clear()
        self._down = None

    def digest(self, reference: ImageReference, known: Digest | None = None) -> Digest | Unchanged:
        """See the port."""
        self._log("digest", reference)
        return self._digest(reference, known)

    def manifest(self, reference: ImageReference) -> Manifest:
        """See the port."""
        self._log("manifest", reference)
        return self._manifest(reference)

    def labels(self, reference: ImageReference, platform: str | None = None) -> Mapping[str, str]:
        """See the port."""
        self._log("labels", reference)
        manifest = self._manifest(reference)
        if manifest.is_index and platform is not None and platform not in manifest.platforms:
            raise NotFound(f"{reference}: the index has no image for {platform}")
        return self._repositories[reference.image].labels[manifest.digest]

    def platform(self, reference: ImageReference, configuration: Digest) -> str | None:
        """See the port."""
        self._log("platform", reference)
        known = {manifest.configuration for manifest in self._repository(reference).manifests.values()}
        if configuration not in known:
            raise NotFound(f"{reference}: there is no such configuration; check the reference")
        return PLATFORM

    def configuration(self, reference: ImageReference, configuration: Digest) -> Configuration:
        """See the port."""
        self._log("configuration", reference)
        repository = self._repository(reference)
        of = next((each for each in repository.manifests.values() if each.configuration == configuration), None)
        if of is None:
            raise NotFound(f"{reference}: there is no such configuration; check the reference")
        named = repository.labels.get(of.digest, {})
        prefix = "org.opencontainers.image."
        labels = {name.removeprefix(prefix): text for name, text in named.items() if name.startswith(prefix)}
        return Configuration(PLATFORM, None, repository.built[configuration], labels)

    def referrers(self, reference: ImageReference) -> Sequence[Referrer]:
        """See the port."""
        self._log("referrers", reference)
        return self._repository(reference).referrers.get(Digest(str(reference.digest)), ())

    def tags(self, reference: ImageReference) -> Iterator[str]:
        """See the port."""
        self._log("tags", reference)
        yield from self._repository(reference).tags

    def exists(self, reference: ImageReference) -> bool:
        """See the port."""
        self._log("exists", reference)
        try:
            self._manifest(reference)
        except NotFound:
            return False
        return True

    def check(self, wanted: Sequence[Wanted], deadline: Deadline | None = None) -> Iterator[CheckedDigest]:
        """See the port."""
        if len({reference.registry for reference, _ in wanted}) > 1:
            raise ValueError("check asks one registry; the references belong to several")
        return self._check(wanted, deadline)

    def _check(self, wanted: Sequence[Wanted], deadline: Deadline | None) -> Iterator[CheckedDigest]:
        for reference, known in wanted:
            if deadline is not None and deadline.passed:
                yield reference, KeptBack(f"{reference}: this round ended before its turn")
                continue
            try:
                self._log("check", reference)
                yield reference, self._digest(reference, known)
            except Exception as error:  # noqa: BLE001 - any failure of one is its own answer
                yield reference, failure_of(str(reference), error)

    def _digest(self, reference: ImageReference, known: Digest | None) -> Digest | Unchanged:
        pinned = replace(reference, digest=None) if reference.tag else reference
        digest = self._manifest(pinned, about=reference).digest
        return Unchanged() if digest == known else digest

    def _manifest(self, reference: ImageReference, about: ImageReference | None = None) -> Manifest:
        repository = self._repository(about or reference)
        digest = reference.digest or repository.tags.get(reference.tag or DEFAULT_TAG)
        manifest = repository.manifests.get(digest) if digest else None
        if manifest is None:
            raise NotFound(f"{about or reference}: there is no such tag or digest; check the reference")
        return manifest

    def _repository(self, reference: ImageReference) -> _Repository:
        if reference.image not in self._repositories:
            raise NotFound(f"{reference}: there is no such repository; check the reference")
        return self._repositories[reference.image]

    def _log(self, method: str, reference: ImageReference) -> None:
        self.calls.append(Call(method, reference))
        self.on_call(self.calls[-1])
        error = self._down or self._errors.get((reference, None)) or self._errors.get((reference, method))
        if error is not None:
            raise error


def _parsed(reference: ImageReference | str) -> ImageReference:
    return ImageReference.parse(reference) if isinstance(reference, str) else reference
