"""A registry on loopback that has every image, and answers some of them wrongly."""

import hashlib
import json
from collections.abc import Mapping

from catalog.reference import Digest
from tests.fakes.registry import digest_of
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.scripted import Script, ScriptedHost

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class GoodRegistry(ScriptedHost):
    """A registry in which every repository has the tag latest, and every tag points to an image of its repository.

    Attributes:
        versions: by repository: the images that changed.
        odd: by repository: the answer to requests for its manifests instead of the right one.
    """

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.versions: dict[str, int] = {}
        self.odd: dict[str, Script] = {}

    def digest(self, repository: str) -> Digest:
        """What the tags of a repository point to now."""
        return Digest(f"sha256:{hashlib.sha256(self._manifest(repository)).hexdigest()}")

    def asked_about(self) -> Mapping[str, int]:
        """How often the manifests of each repository were requested since the last call."""
        requests, self.requests = self.requests, []
        counts: dict[str, int] = {}
        for request in requests:
            if "/manifests/" in request.path:
                counts[_repository(request)] = counts.get(_repository(request), 0) + 1
        return counts

    def _manifest(self, repository: str) -> bytes:
        config = {"digest": digest_of(f"{repository} {self.versions.get(repository, 0)}"), "size": 1}
        return json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []}).encode()

    def _answer(self, request: Request) -> Answer | None:
        if request.path.endswith("/tags/list"):
            return json_answer(200, {"tags": ["latest"]})
        if "/manifests/" not in request.path:
            return Answer(404)
        repository = _repository(request)
        if odd := self.odd.get(repository):
            return odd(request)
        headers = (("Docker-Content-Digest", self.digest(repository)), ("Content-Type", MANIFEST))
        return Answer(200, self._manifest(repository), headers)


def _repository(request: Request) -> str:
    return request.path.removeprefix("/v2/").rpartition("/manifests/")[0]
