"""Fills a registry before it starts, by writing its files: thousands of pushes would take minutes.

The layout is that of distribution's filesystem storage: https://distribution.github.io/distribution/storage-drivers/.
"""

from pathlib import Path

from tests.peers.image_documents import OCI, Blob, Document, layer_of, manifest_of
from tests.peers.images import PushedImage

PLATFORM = "linux/amd64"


class Stock:
    """Writes images below the folder that the registry will store them in."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "docker/registry/v2"

    def add(self, repository: str, tag: str, content: str, base: PushedImage | None = None) -> PushedImage:
        """Add an image with one platform, and the layers of its base below its own; returns it as if it were pushed."""
        own = layer_of({"app/content.txt": f"{content} for {PLATFORM}\n"})
        layers = (*(base.layers[PLATFORM] if base else ()), own)
        manifest = manifest_of(PLATFORM, layers, {}, OCI)
        for blob in (*manifest.needs, manifest.blob):
            self._store(blob)
        folder = self._root / "repositories" / repository
        for blob in manifest.needs:
            _link(folder / "_layers" / _hashed(blob.digest), blob.digest)
        self._point(folder / "_manifests", tag, manifest)
        return PushedImage(manifest.digest, manifest.media_type, {PLATFORM: manifest.digest}, {PLATFORM: layers})

    def _store(self, blob: Blob) -> None:
        hexadecimal = blob.digest.removeprefix("sha256:")
        file = self._root / "blobs/sha256" / hexadecimal[:2] / hexadecimal / "data"
        if not file.exists():
            file.parent.mkdir(parents=True)
            file.write_bytes(blob.content)

    def _point(self, manifests: Path, tag: str, manifest: Document) -> None:
        hashed = _hashed(manifest.digest)
        for place in (f"revisions/{hashed}", f"tags/{tag}/current", f"tags/{tag}/index/{hashed}"):
            _link(manifests / place, manifest.digest)


def _link(folder: Path, digest: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "link").write_text(digest)


def _hashed(digest: str) -> str:
    return digest.replace(":", "/")
