"""The TypeScript types of the API are those of the service's OpenAPI document."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.backstage

ROOT = Path(__file__).parents[2]
WORKSPACE = ROOT / "backstage"
TYPES = WORKSPACE / "plugins" / "image-factory-common" / "src" / "generated.ts"


def test_the_generated_types_are_current(tmp_path: Path) -> None:
    """Generating them again changes nothing; backstage/README.md says how to generate them."""
    document, generated = tmp_path / "openapi.json", tmp_path / "generated.ts"
    subprocess.run([sys.executable, "-m", "provider", "openapi", "--output", document], cwd=ROOT, check=True)
    npx = shutil.which("npx") or pytest.fail("npx is missing: run backstage/install.sh")
    options = ["--root-types", "--root-types-no-schema-prefix"]
    command = [npx, "openapi-typescript", str(document), "--output", str(generated), *options]
    subprocess.run(command, cwd=WORKSPACE, check=True, capture_output=True)

    assert generated.read_text("utf-8") == TYPES.read_text("utf-8")
