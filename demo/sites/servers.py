"""The demo's GitHub and registry with their pages, each beside its API at one address."""

import json
from email.message import Message

from demo.sites.github_pages import github_page
from demo.sites.registry_pages import repository_page
from tests.peers.exchange import Answer, Request
from tests.peers.github.server import GitHub
from tests.peers.registry_front import RegistryFront

_HTML = (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"))
_API = "/v2/"
_MANIFESTS = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"


class GitHubWithPages(GitHub):
    """A GitHub whose links lead to itself."""

    @property
    def web(self) -> str:
        """The address of its pages."""
        return self.url

    def _respond_to(self, request: Request) -> Answer | None:
        if request.method == "GET":
            with self.state.lock:
                found = github_page(self.state, request.path)
            if found is not None:
                return Answer(200, found.encode(), _HTML)
        return super()._respond_to(request)


class RegistryWithPages(RegistryFront):
    """A registry in front of `upstream` that also has a page for each repository."""

    def _respond_to(self, request: Request) -> Answer | None:
        repository = request.path.strip("/")
        if request.method == "GET" and repository and not request.path.startswith(_API):
            return self._page(repository)
        return super()._respond_to(request)

    def _page(self, repository: str) -> Answer:
        listed = self._ask("GET", f"{_API}{repository}/tags/list")
        if listed.status != 200:
            return listed
        tags = json.loads(listed.body)["tags"] or []
        heads = {tag: self._ask("HEAD", f"{_API}{repository}/manifests/{tag}") for tag in tags}
        digests = {tag: head.header("Docker-Content-Digest") or "not known" for tag, head in heads.items()}
        return Answer(200, repository_page(repository, digests).encode(), _HTML)

    def _ask(self, method: str, path: str) -> Answer:
        headers: Message[str, str] = Message()
        headers["Accept"] = _MANIFESTS
        headers["Host"] = self.host
        return self._forward(Request(method, path, headers), path)
