"""Docker Hub as a registry."""

from catalog.reference import DOCKER_HUB, canonical_registry
from proxy.registries.oci import OciRegistry

API_HOST = "registry-1.docker.io"


class DockerHub(OciRegistry):
    """docker.io: its API is at registry-1.docker.io, its token server is auth.docker.io."""

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is one of Docker Hub's names."""
        return canonical_registry(host) == DOCKER_HUB

    @classmethod
    def api_host(cls, host: str) -> str:
        """The host of the API; for each of Docker Hub's names it is the same one."""
        return API_HOST if cls.serves(host) else host

    @classmethod
    def counts(cls, method: str, path: str) -> bool:
        """GET of a manifest counts as a pull, HEAD does not (Docker's documentation: "Docker Hub usage: pulls")."""
        return method == "GET" and "/manifests/" in path

    @property
    def _only_heads(self) -> bool:
        """At Docker Hub itself; a mirror may have no HEAD, and counts nothing."""
        return self._session.endpoint.host == API_HOST
