"""A server in front of a real registry that adds the behaviour of hosted registries, and fails on demand.

Everything else (challenges, manifests, digests, errors) is the real registry's own answer.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType

import urllib3

from tests.peers.certificates import self_signed
from tests.peers.exchange import Answer, Request, SeenRequest, json_answer
from tests.peers.faults import Faults, faulty_answer
from tests.peers.loopback import LoopbackServer
from tests.peers.pull_limit import PullLimit
from tests.peers.registry_pages import TagOrder, in_order, page_of

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_TAG_LIST = re.compile(r"/v2/(?P<repository>.+)/tags/list")
_MANIFEST = re.compile(r"/v2/(?P<repository>.+)/manifests/(?P<reference>[^/]+)")
_POOL_SIZE = 32


class RegistryFront(LoopbackServer):
    """Forwards to `upstream`; attributes may be changed while it runs.

    Attributes:
        order: of the tag lists.
        page_size: of a tag list when the client does not say `n`.
        largest_page: what a greater `n` is cut to; None honours any.
        absolute_links: whether Link names the host too, as Pulp does, or the path alone.
        pull_limit: Docker Hub's limit for pulls; None for none.
        date: what the Date header says; None says the real time.
        log: every request, oldest first.
        ca_file: with `tls`, the authority that clients trust.
    """

    def __init__(self, upstream: str, folder: Path | None = None, *, tls: bool = False) -> None:
        """Prepare; nothing listens yet.

        Args:
            upstream: address of the real registry.
            folder: where the certificate goes; needed with `tls`.
            tls: whether to speak https.
        """
        certificate: Path | None = None
        self.ca_file: Path | None = None
        if tls:
            if folder is None:
                raise ValueError("a front with TLS needs a folder for its certificate")
            self.ca_file, certificate = self_signed("registry-front").write(folder, "registry-front")
        super().__init__(self._respond_to, certificate=certificate)
        self.order = TagOrder.PUSHED
        self.page_size = 100
        self.largest_page: int | None = None
        self.absolute_links = False
        self.pull_limit: PullLimit | None = None
        self.date: datetime | None = None
        self.log: list[SeenRequest] = []
        self._upstream = upstream.rstrip("/")
        self._pool = urllib3.PoolManager(maxsize=_POOL_SIZE, retries=False)
        self._faults = Faults()
        self._pushed: dict[str, dict[str, int]] = {}

    def __exit__(self, kind: type[BaseException] | None, *rest: BaseException | TracebackType | None) -> None:
        self._pool.clear()
        super().__exit__(kind, *rest)

    def fail(
        self,
        method: str,
        path_regex: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
        times: int = 1,
    ) -> None:
        """Answer the next `times` matching requests with this status, without the registry.

        Without a body the answer has the registry's error document. The expression is searched for in the path.
        """
        if body is None:
            code = "TOOMANYREQUESTS" if status == 429 else "UNKNOWN"
            body = json.dumps({"errors": [{"code": code, "message": "scripted fault"}]})
        self._faults.add(method, path_regex, faulty_answer(status, headers, body, "application/json"), times)

    def drop(self, method: str, path_regex: str, times: int = 1) -> None:
        """Close the connection of the next `times` matching requests without an answer."""
        self._faults.add(method, path_regex, None, times)

    def heal(self) -> None:
        """Remove every scripted fault."""
        self._faults.clear()

    def _respond_to(self, request: Request) -> Answer | None:
        self.log.append(SeenRequest.of(request))
        answer = self._answer(request)
        if answer and self.date:
            return answer.with_headers(("Date", format_datetime(self.date, usegmt=True)))
        return answer

    def _answer(self, request: Request) -> Answer | None:
        if fault := self._faults.take(request.method, request.path):
            return fault.answer
        if request.method == "GET" and (found := _TAG_LIST.fullmatch(request.path)):
            return self._tag_page(request, found["repository"])
        if found := _MANIFEST.fullmatch(request.path):
            return self._manifest(request, found["repository"], found["reference"])
        return self._forward(request, request.target)

    def _tag_page(self, request: Request, repository: str) -> Answer:
        whole = self._forward(request, request.path)
        if whole.status != 200:
            return whole
        tags = json.loads(whole.body)["tags"]
        wanted = int(request.query.get("n", self.page_size))
        size = min(wanted, self.largest_page or wanted)
        ordered = in_order(tags or [], self.order, self._pushed.get(repository, {}))
        page = page_of(ordered, request.query.get("last"), size)
        links: tuple[tuple[str, str], ...] = ()
        if page.next_query:
            base = self.url if self.absolute_links else ""
            links = (("Link", f'<{base}{request.path}?{page.next_query}>; rel="next"'),)
        document = {"name": repository, "tags": None if tags is None else list(page.tags)}
        return json_answer(200, document, *links)

    def _manifest(self, request: Request, repository: str, reference: str) -> Answer:
        limit = self.pull_limit
        if limit and request.method == "GET" and not limit.take():
            return limit.refusal()
        answer = self._forward(request, request.target)
        if request.method == "PUT" and answer.status == 201 and ":" not in reference:
            order = self._pushed.setdefault(repository, {})
            order.setdefault(reference, len(order))
        if limit and request.method in {"GET", "HEAD"}:
            return answer.with_headers(*limit.headers())
        return answer

    def _forward(self, request: Request, target: str) -> Answer:
        # Host stays as the client sent it, so that the registry's Location headers lead back here.
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
        headers["X-Forwarded-Proto"] = self.url.partition(":")[0]
        answer = self._pool.request(
            request.method,
            self._upstream + target,
            body=request.body,
            headers=headers,
            redirect=False,
            decode_content=False,
        )
        kept = tuple(
            (name, value)
            for name, value in answer.headers.items()
            if name.lower() not in _HOP_BY_HOP or (name.lower() == "content-length" and request.method == "HEAD")
        )
        return Answer(answer.status, answer.data, kept)
