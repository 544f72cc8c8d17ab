"""A working directory and an environment for each test; logging is restored afterwards."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working directory, and no settings except a registry auth file without credentials."""
    for name in os.environ:
        if name.startswith("IMAGE_FACTORY_"):
            monkeypatch.delenv(name)
    auth = tmp_path / "auth.json"
    auth.write_text("{}", encoding="utf-8")
    monkeypatch.setenv("IMAGE_FACTORY_REGISTRY_AUTH_FILE", str(auth))
    folder = tmp_path / "workplace"
    folder.mkdir()
    monkeypatch.chdir(folder)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield folder
    root.handlers[:] = before
    root.setLevel(level)
