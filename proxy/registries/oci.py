"""Any registry that implements the distribution specification."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from catalog.platforms import without_os_version
from catalog.reference import DEFAULT_TAG, Digest, ImageReference
from proxy.at_once import NotEnded, NotStarted, run_all
from proxy.deadline import Deadline
from proxy.errors import Garbage, KeptBack, NotFound, OutsideFailure, Unavailable
from proxy.http.exchange import Answer
from proxy.http.next_page import next_page
from proxy.ports import INDEX_TYPES, CheckedDigest, Configuration, Manifest, Referrer, Unchanged, Wanted
from proxy.registries.documents.configurations import parse_configuration
from proxy.registries.documents.referrers import MOST as MOST_REFERRERS
from proxy.registries.documents.referrers import fallback_tag, parse_referrers
from proxy.registries.manifests import (
    ACCEPT,
    body_digest,
    config_digest,
    named_digest,
    parse_labels,
    parse_manifest,
    parse_platform,
    verified,
)
from proxy.registries.session import PLAIN_HEADERS, Session
from proxy.registries.sweep import with_preparations
from proxy.registries.tag_pages import TagPages
from proxy.unexpected import failure_of

# The specification requires registries to accept manifests of at least 4 MiB; larger ones are rare.
_MANIFEST_LIMIT = 4 * 1024 * 1024
_CONFIG_LIMIT = 8 * 1024 * 1024
_MANIFEST_HEADERS: Mapping[str, str] = {**PLAIN_HEADERS, "accept": ACCEPT}
_NOT_MODIFIED = 304


class OciRegistry:
    """A registry with the API of the distribution specification."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tags = TagPages(session)

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether this class can read that registry: every registry."""
        return bool(host)

    @classmethod
    def api_host(cls, host: str) -> str:
        """The host of the registry's API."""
        return host

    @classmethod
    def counts(cls, method: str, path: str) -> bool:
        """Whether a request counts against the registry's own limit."""
        return bool(method and path)

    def digest(self, reference: ImageReference, known: Digest | None = None) -> Digest | Unchanged:
        """The digest that the tag points to now; see the port."""
        headers = _MANIFEST_HEADERS
        if known is not None:
            headers = {**headers, "if-none-match": f'"{known}"'}
        answer = self._manifest_answer("HEAD", reference, reference.tag or reference.digest, headers)
        if answer.status == _NOT_MODIFIED:
            return _unchanged(reference, known)
        digest = named_digest(answer.headers, reference) or self._hashed(reference)
        return Unchanged() if digest == known else digest

    def manifest(self, reference: ImageReference) -> Manifest:
        """The manifest; see the port."""
        answer, digest = self._document(reference)
        return parse_manifest(answer.body, digest, answer.headers.get("content-type", ""), reference)

    def labels(self, reference: ImageReference, platform: str | None = None) -> Mapping[str, str]:
        """The labels in the image's configuration; see the port."""
        answer, digest = self._document(reference)
        manifest = parse_manifest(answer.body, digest, answer.headers.get("content-type", ""), reference)
        if manifest.is_index:
            answer, _ = self._document(reference.at(_child(manifest, platform, reference)))
        return parse_labels(self._configuration(config_digest(answer.body, reference), reference), reference)

    def platform(self, reference: ImageReference, configuration: Digest) -> str | None:
        """The platform of a configuration; see the port."""
        return parse_platform(self._configuration(configuration, reference), reference)

    def configuration(self, reference: ImageReference, configuration: Digest) -> Configuration:
        """What a configuration says; see the port."""
        return parse_configuration(self._configuration(configuration, reference), reference)

    def referrers(self, reference: ImageReference) -> Sequence[Referrer]:
        """The artifacts that refer to the digest; see the port."""
        digest = reference.digest
        if digest is None:
            raise ValueError(f"{reference} has no digest, to which artifacts could refer")
        try:
            return self._referrers(reference, digest)
        except NotFound:
            return self._tagged_referrers(reference, digest)

    def tags(self, reference: ImageReference) -> Iterator[str]:
        """All tags of the repository; see the port."""
        return self._tags.read(reference)

    def exists(self, reference: ImageReference) -> bool:
        """Whether the digest can be pulled now; see the port."""
        try:
            self._manifest_answer("HEAD", reference, reference.digest or reference.tag, _MANIFEST_HEADERS)
        except NotFound:
            return False
        return True

    def check(self, wanted: Sequence[Wanted], deadline: Deadline | None = None) -> Iterator[CheckedDigest]:
        """Request many digests at once; see the port."""
        if len({reference.registry for reference, _ in wanted}) > 1:
            raise ValueError("check reads one registry; the references belong to several")
        return self._check(wanted, deadline)

    def _check(self, wanted: Sequence[Wanted], deadline: Deadline | None) -> Iterator[CheckedDigest]:
        ordered = self._ordered(wanted)
        tasks: list[Callable[[], Digest | Unchanged | None]] = [
            partial(self._session.fetch_token, repository) if entry is None else partial(self.digest, *entry)
            for entry, repository in ordered
        ]
        for number, result in run_all(tasks, self._session.budget.limits.concurrency, deadline):
            entry, _ = ordered[number]
            # A preparation that fails is repeated by the request for each repository.
            if entry is not None and result is not None:
                yield entry[0], _checked(entry[0], result)

    def _ordered(self, wanted: Sequence[Wanted]) -> list[tuple[Wanted | None, str]]:
        """What is requested, with its repository; None: the tokens of a batch."""
        repositories = dict.fromkeys(reference.repository for reference, _ in wanted)
        firsts: Sequence[str] = ()
        try:
            if len(repositories) > 1:
                firsts = self._session.prepare(repositories)
        except Exception as error:  # noqa: BLE001 - the request for each repository has its own failure
            failure_of(f"the tokens of {self._session.endpoint.host}", error)
        ordered = with_preparations(wanted, _repository, firsts)
        return list(ordered)

    def _referrers(self, reference: ImageReference, digest: Digest) -> list[Referrer]:
        page: str | None = self._session.endpoint.path(reference.repository, f"referrers/{digest}")
        headers = {**PLAIN_HEADERS, "accept": INDEX_TYPES[0]}
        requested: set[str] = set()
        found: list[Referrer] = []
        while page is not None:
            if page in requested or len(found) > MOST_REFERRERS:
                raise Garbage(f"{reference}: the list of referrers does not end; retried later")
            requested.add(page)
            answer = self._session.ask(
                "GET", page, reference.repository, about=reference, headers=headers, limit=_MANIFEST_LIMIT
            )
            found += parse_referrers(answer.body, reference)
            page = next_page(answer, reference)
        return found

    def _tagged_referrers(self, reference: ImageReference, digest: Digest) -> list[Referrer]:
        try:
            answer = self._manifest_answer("GET", reference, fallback_tag(digest), _MANIFEST_HEADERS)
        except NotFound:
            return []
        return parse_referrers(answer.body, reference)

    def _configuration(self, digest: Digest, reference: ImageReference) -> bytes:
        path = self._session.endpoint.path(reference.repository, f"blobs/{digest}")
        blob = self._session.ask("GET", path, reference.repository, about=reference, limit=_CONFIG_LIMIT)
        verified(blob.body, digest, reference)
        return blob.body

    def _document(self, reference: ImageReference) -> tuple[Answer, Digest]:
        """A manifest and its digest: the requested one, or the one that the registry sends if a tag was requested."""
        answer = self._manifest_answer("GET", reference, reference.digest or reference.tag, _MANIFEST_HEADERS)
        expected = reference.digest or named_digest(answer.headers, reference)
        return answer, verified(answer.body, expected, reference)

    def _hashed(self, reference: ImageReference) -> Digest:
        # Some registries send no Docker-Content-Digest with the answer to HEAD.
        answer = self._manifest_answer("GET", reference, reference.tag or reference.digest, _MANIFEST_HEADERS)
        return body_digest(answer.body)

    def _manifest_answer(
        self, method: str, reference: ImageReference, which: str | None, headers: Mapping[str, str]
    ) -> Answer:
        path = self._session.endpoint.path(reference.repository, f"manifests/{which or DEFAULT_TAG}")
        return self._session.ask(
            method, path, reference.repository, about=reference, headers=headers, limit=_MANIFEST_LIMIT
        )


def _repository(entry: Wanted) -> str:
    return entry[0].repository


def _checked(reference: ImageReference, result: Digest | Unchanged | Exception) -> Digest | Unchanged | OutsideFailure:
    """What was found, or a failure for any exception of one reference."""
    match result:
        case NotStarted():
            return KeptBack(f"{reference}: this round ended before its turn; it is checked in the next one")
        case NotEnded():
            return Unavailable(f"{reference}: the registry did not answer within the time of a round; retried later")
        case Exception():
            return failure_of(str(reference), result)
        case found:
            return found


def _unchanged(reference: ImageReference, known: Digest | None) -> Unchanged:
    if known is None:
        raise Garbage(f"{reference}: the registry answered 304 to a request without a known digest; retried later")
    return Unchanged()


def _child(manifest: Manifest, platform: str | None, reference: ImageReference) -> Digest:
    found = (child for name, child in manifest.platforms.items() if platform in (None, name, without_os_version(name)))
    child = next(found, None)
    if child is None:
        known = ", ".join(manifest.platforms) or "none"
        raise NotFound(f"{reference}: the index has no image for {platform or 'any platform'}; it has: {known}")
    return child
