"""What the frontend plugin adds to a Backstage app."""

import gzip
from pathlib import Path

import pytest

pytestmark = pytest.mark.backstage

WORKSPACE = Path(__file__).parents[2] / "backstage"
# What the plugin needs and Backstage does not load itself.
LIBRARIES = ("@tanstack/query-core/build/modern", "@tanstack/react-query/build/modern", "openapi-fetch/dist")
LIMIT = 150_000


def test_the_plugin_adds_at_most_150_kb(capsys: pytest.CaptureFixture[str]) -> None:
    """Its modules as they are published, and the libraries that Backstage does not have, before minification."""
    plugin = WORKSPACE / "plugins" / "image-factory" / "dist"
    libraries = [WORKSPACE / "node_modules" / name for name in LIBRARIES]
    sizes = {folder.relative_to(WORKSPACE): _gzipped(folder) for folder in (plugin, *libraries)}
    with capsys.disabled():
        print("".join(f"\n{folder}: {size / 1000:.1f} kB gzipped" for folder, size in sizes.items()))

    assert all(size > 0 for size in sizes.values()), "run npm run build:plugins"
    assert sum(sizes.values()) <= LIMIT


def _gzipped(folder: Path) -> int:
    scripts = [path for kind in ("*.js", "*.mjs") for path in sorted(folder.rglob(kind)) if not _other(path)]
    return len(gzip.compress(b"".join(path.read_bytes() for path in scripts)))


def _other(path: Path) -> bool:
    """Twins of the same module in another format."""
    return path.suffix == ".js" and path.with_suffix(".mjs").exists()
