"""Any registry that implements the distribution specification."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus

from catalog.platforms import without_os_version
from catalog.reference import DEFAULT_TAG, Digest, ImageReference
from proxy.at_once import Beside, NotEnded, NotStarted, run_all
from proxy.deadline import Deadline
from proxy.errors import Garbage, KeptBack, NotFound, OutsideFailure, Unavailable
from proxy.http.exchange import Answer
from proxy.http.next_page import next_page
from proxy.ports import INDEX_TYPES, SCHEMA_1_TYPES, CheckedDigest, Configuration, Manifest, Referrer, Unchanged, Wanted
from proxy.registries.documents.configurations import parse_configuration
from proxy.registries.documents.large import turn_of
from proxy.registries.documents.referrers import MOST as MOST_REFERRERS
from proxy.registries.documents.referrers import fallback_tag, parse_referrers
from proxy.registries.manifests import (
    ACCEPT,
    config_digest,
    named_digest,
    own_labels,
    parse_labels,
    parse_manifest,
    parse_platform,
    verified,
    verified_document,
)
from proxy.registries.session import PLAIN_HEADERS, Session
from proxy.registries.sweep import with_preparations
from proxy.registries.tag_pages import TagPages
from proxy.unexpected import failure_of

# The specification requires registries to accept manifests of at least 4 MiB; larger ones are rare.
_MANIFEST_LIMIT = 4 * 1024 * 1024
_CONFIG_LIMIT = 8 * 1024 * 1024
_MANIFEST_HEADERS: Mapping[str, str] = {**PLAIN_HEADERS, "accept": ACCEPT}
_NOT_MODIFIED = HTTPStatus.NOT_MODIFIED
_NO_HEAD = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})
_FAILED_HEADS = 3
# From this number of references for each request that is sent at a time, they are asked for from one thread.
_MANY = 3
# Each of these needs a thread of its own, which costs three times as much as the others.
_FIRST = 16
# So long the first ones may take before the others are asked for one by one, too.
_SETTLED_SECONDS = 2.0


class OciRegistry:
    """A registry with the API of the distribution specification."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tags = TagPages(session)
        self._heads = _HeadRequests()

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
        digest = self._current(reference, reference.tag or reference.digest, known)
        return Unchanged() if digest == known else digest

    def manifest(self, reference: ImageReference) -> Manifest:
        """The manifest; see the port."""
        return self._document(reference)[0]

    def labels(self, reference: ImageReference, platform: str | None = None) -> Mapping[str, str]:
        """The labels in the image's configuration; see the port."""
        manifest, body = self._document(reference)
        if manifest.is_index:
            manifest, body = self._document(reference.at(_child(manifest, platform, reference)))
        if manifest.media_type in SCHEMA_1_TYPES:
            return own_labels(body, reference)
        return parse_labels(self._configuration(config_digest(body, reference), reference), reference)

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
            self._current(reference, reference.digest or reference.tag, None)
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
        at_once = self._session.budget.limits.concurrency
        if len(ordered) < _MANY * at_once:
            yield from self._one_by_one(ordered, deadline)
            return
        # The first ones show what the registry wants. Those that fail are asked for once more while the others go on:
        # one after the other, they would look like a registry that is down.
        beside: Beside[Digest | Unchanged | None] = Beside(at_once, deadline)
        first = min(at_once, _FIRST)
        for number, (entry, repository) in enumerate(ordered[:first]):
            beside.put(number, self._task(entry, repository))
        entries = [entry for entry, _ in ordered]
        yield from _found(entries, beside.until(lambda: self._is_settled, _SETTLED_SECONDS))
        others = [number for number in range(first, len(entries)) if entries[number] is not None]
        if self._is_settled:
            for number, digest in self._quickly(entries, others, deadline):
                if digest is None:
                    beside.put(number, self._task(*ordered[number]))
                else:
                    yield from _found(entries, [(number, digest)])
                yield from _found(entries, beside.until(lambda: False, 0))
        else:
            for number in range(first, len(ordered)):
                beside.put(number, self._task(*ordered[number]))
        yield from _found(entries, beside.rest())

    @property
    def _is_settled(self) -> bool:
        return self._session.is_settled and self._heads.work

    def _quickly(
        self, entries: Sequence[Wanted | None], numbers: Sequence[int], deadline: Deadline | None
    ) -> Iterator[tuple[int, Digest | Unchanged | None]]:
        """The digests that one HEAD each tells, by number; None for those that have to be asked for by themselves."""
        endpoint = self._session.endpoint
        wanted = [entry for number in numbers if (entry := entries[number])]
        questions = [
            (endpoint.path(reference.repository, f"manifests/{_which(reference)}"), reference.repository)
            for reference, _ in wanted
        ]
        left = dict(enumerate(numbers))
        try:
            for at, answer in self._session.ask_many(questions, [_headers(known) for _, known in wanted], deadline):
                reference, known = wanted[at]
                digest = _told(answer, reference, known) if answer is not None else None
                yield left.pop(at), Unchanged() if digest is not None and digest == known else digest
        except Exception as error:  # noqa: BLE001 - every reference without a digest is asked for by itself
            failure_of(f"the digests of {endpoint.host}", error)
        for number in left.values():
            yield number, None

    def _one_by_one(
        self, ordered: Sequence[tuple[Wanted | None, str]], deadline: Deadline | None
    ) -> Iterator[CheckedDigest]:
        tasks = [self._task(*each) for each in ordered]
        results = run_all(tasks, self._session.budget.limits.concurrency, deadline)
        yield from _found([entry for entry, _ in ordered], results)

    def _task(self, entry: Wanted | None, repository: str) -> Callable[[], Digest | Unchanged | None]:
        return partial(self._session.fetch_token, repository) if entry is None else partial(self.digest, *entry)

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

    def _document(self, reference: ImageReference) -> tuple[Manifest, bytes]:
        """A manifest and its bytes: the requested one, or the one that the registry sends if a tag was requested."""
        answer = self._manifest_answer("GET", reference, reference.digest or reference.tag, _MANIFEST_HEADERS)
        expected = reference.digest or named_digest(answer.headers)
        with turn_of(answer.body):
            body, digest = verified_document(answer.body, expected, reference)
            return parse_manifest(body, digest, answer.headers.get("content-type", ""), reference), body

    def _current(self, reference: ImageReference, which: str | None, known: Digest | None) -> Digest:
        """The digest that the registry has for a tag or digest: by HEAD, else by GET."""
        headers = _headers(known)
        if self._only_heads:
            answer = self._manifest_answer("HEAD", reference, which, headers)
            if digest := _told(answer, reference, known):
                return digest
            raise Garbage(f"{reference}: the registry sent no valid digest in its answer to HEAD; retried later")
        if not self._heads.missing:
            answer = self._manifest_answer("HEAD", reference, which, headers, self._heads.refusals)
            if digest := _told(answer, reference, known):
                self._heads.worked()
                return digest
        answer = self._manifest_answer("GET", reference, which, headers)
        digest = _told(answer, reference, known)
        if answer.status != _NOT_MODIFIED or digest is None:
            asked = reference.digest if which == reference.digest else digest
            with turn_of(answer.body):
                _, digest = verified_document(answer.body, asked, reference)
        self._heads.failed()
        return digest

    @property
    def _only_heads(self) -> bool:
        """Whether GET is never sent in place of HEAD, because it counts as a pull."""
        return False

    def _manifest_answer(
        self,
        method: str,
        reference: ImageReference,
        which: str | None,
        headers: Mapping[str, str],
        also: Collection[int] = (),
    ) -> Answer:
        path = self._session.endpoint.path(reference.repository, f"manifests/{which or DEFAULT_TAG}")
        return self._session.ask(
            method, path, reference.repository, about=reference, headers=headers, limit=_MANIFEST_LIMIT, also=also
        )


def _found(
    entries: Sequence[Wanted | None], results: Iterable[tuple[int, Digest | Unchanged | Exception | None]]
) -> Iterator[CheckedDigest]:
    """The results with their references. A preparation that fails is repeated by the request for each repository."""
    for number, result in results:
        entry = entries[number]
        if entry is not None and result is not None:
            yield entry[0], _checked(entry[0], result)


def _which(reference: ImageReference) -> str:
    return reference.tag or reference.digest or DEFAULT_TAG


def _headers(known: Digest | None) -> Mapping[str, str]:
    return _MANIFEST_HEADERS if known is None else {**_MANIFEST_HEADERS, "if-none-match": f'"{known}"'}


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


class _HeadRequests:
    """Whether a registry answers HEAD of a manifest with its digest: not every one does.

    Attributes:
        work: HEAD has worked; else this is not known.
        missing: HEAD is no longer sent: after one GET that worked in its place, or three in a row if HEAD ever worked.
    """

    def __init__(self) -> None:
        self.missing = False
        self.work = False
        self._failures = 0

    @property
    def refusals(self) -> frozenset[HTTPStatus]:
        """The statuses of HEAD after which GET is tried. Where HEAD works, 404 means that there is no such image."""
        return _NO_HEAD if self.work else _NO_HEAD | {HTTPStatus.NOT_FOUND}

    def worked(self) -> None:
        """Note a digest in the answer to HEAD."""
        self.work, self._failures = True, 0

    def failed(self) -> None:
        """Note that GET succeeded after HEAD had not, or in its place."""
        self._failures += 1
        self.missing = not self.work or self._failures >= _FAILED_HEADS


def _told(answer: Answer, reference: ImageReference, known: Digest | None) -> Digest | None:
    """The digest that an answer names; None if there is none."""
    if answer.status != _NOT_MODIFIED:
        return named_digest(answer.headers) if answer.status == HTTPStatus.OK else None
    if known is None:
        raise Garbage(f"{reference}: the registry answered 304 to a request without a known digest; retried later")
    return known


def _child(manifest: Manifest, platform: str | None, reference: ImageReference) -> Digest:
    found = (child for name, child in manifest.platforms.items() if platform in (None, name, without_os_version(name)))
    child = next(found, None)
    if child is None:
        known = ", ".join(manifest.platforms) or "none"
        raise NotFound(f"{reference}: the index has no image for {platform or 'any platform'}; it has: {known}")
    return child
