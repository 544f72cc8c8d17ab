"""The part of a registry's API that pushing needs, with Basic and token authentication."""

import re
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import requests

from tests.peers.exchange import Login
from tests.peers.image_documents import DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, Blob, Document

_MANIFESTS = ", ".join((OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST))
_TIMEOUT_SECONDS = 60


class RegistryClient:
    """Writes to one repository of one registry.

    Every method raises `requests.HTTPError` when the registry refuses.
    """

    def __init__(self, registry_url: str, repository: str, credentials: Login | None, ca_file: Path | None) -> None:
        self._base = f"{registry_url.rstrip('/')}/v2/{repository}/"
        self._repository = repository
        self._login = (credentials.user, credentials.password) if credentials else None
        self._session = requests.Session()
        self._session.trust_env = False
        if ca_file:
            self._session.verify = str(ca_file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._session.close()

    def put_blob(self, blob: Blob) -> None:
        """Upload content, unless the repository has it."""
        if self._ask("HEAD", f"blobs/{blob.digest}", missing_is_fine=True).ok:
            return
        started = self._ask("POST", "blobs/uploads/")
        address = urljoin(started.url, started.headers["Location"])
        address += f"{'&' if '?' in address else '?'}digest={blob.digest}"
        self._ask("PUT", address, content=blob.content, media_type="application/octet-stream")

    def put(self, document: Document, reference: str | None = None) -> None:
        """Upload a document and the blobs it needs, under a tag or under its digest."""
        for blob in document.needs:
            self.put_blob(blob)
        target = f"manifests/{reference or document.digest}"
        self._ask("PUT", target, content=document.blob.content, media_type=document.media_type)

    def get(self, reference: str) -> Document:
        """The manifest or index under a tag or digest, as it is stored."""
        answer = self._ask("GET", f"manifests/{reference}")
        return Document(Blob.raw(answer.content), answer.headers["Content-Type"])

    def delete(self, digest: str) -> None:
        """Remove a manifest, and every tag on it."""
        self._ask("DELETE", f"manifests/{digest}")

    def _ask(
        self,
        method: str,
        target: str,
        *,
        content: bytes | None = None,
        media_type: str | None = None,
        missing_is_fine: bool = False,
    ) -> requests.Response:
        url = urljoin(self._base, target) if not target.startswith("manifests/sha256:") else self._base + target
        headers = {"Accept": _MANIFESTS} | ({"Content-Type": media_type} if media_type else {})
        answer = self._session.request(method, url, headers=headers, data=content, timeout=_TIMEOUT_SECONDS)
        if answer.status_code == requests.codes.unauthorized:
            self._sign_in(answer.headers.get("WWW-Authenticate", ""))
            answer = self._session.request(method, url, headers=headers, data=content, timeout=_TIMEOUT_SECONDS)
        if not (missing_is_fine and answer.status_code == requests.codes.not_found):
            answer.raise_for_status()
        return answer

    def _sign_in(self, challenge: str) -> None:
        if challenge.lower().startswith("basic"):
            self._session.auth = self._login
            return
        parts = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        scope = f"repository:{self._repository}:pull,push,delete"
        answer = self._session.get(
            parts["realm"],
            params={"service": parts.get("service", ""), "scope": scope},
            auth=self._login,
            timeout=_TIMEOUT_SECONDS,
        )
        answer.raise_for_status()
        granted = answer.json()
        self._session.headers["Authorization"] = f"Bearer {granted.get('token') or granted['access_token']}"
