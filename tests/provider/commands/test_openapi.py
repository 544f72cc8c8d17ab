"""Tests of `image-factory openapi`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.commands.openapi import openapi_document
from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings

ROOT = Path(__file__).parents[3]


def test_it_is_the_document_that_a_service_serves(tmp_path: Path) -> None:
    """With other settings, only the address of the service differs."""
    settings = {
        "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path}/factory.db",
        "IMAGE_FACTORY_API_TOKENS": "reader:read:a-token-for-reading",
        "IMAGE_FACTORY_PUBLIC_URL": "https://factory.example",
        "IMAGE_FACTORY_WEBHOOK_SECRET": "a-secret-of-all-webhooks",
    }
    with Parts.open(read_settings(settings)) as parts:
        caller = {"X-Image-Factory-Token": "a-token-for-reading"}
        served = web_app(parts).test_client().get("/api/openapi.json", headers=caller).get_json()

    written = json.loads(json.dumps(openapi_document()))
    assert served["servers"] == [{"url": "https://factory.example"}]
    assert {**served, "servers": written["servers"]} == written


def test_each_run_writes_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the environment has, and whatever order sets have in a process."""
    empty = tmp_path / "empty"
    empty.mkdir()
    texts = {_written(empty, seed) for seed in ("1", "2")}

    assert len(texts) == 1
    assert list(empty.iterdir()) == []


def test_it_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It replaces the file; one that cannot be written is an error with its name."""
    target = tmp_path / "openapi.json"
    target.write_text("old", encoding="utf-8")

    assert main(["openapi", "--output", str(target)]) == 0
    assert json.loads(target.read_text(encoding="utf-8"))["openapi"].startswith("3.1")
    assert main(["openapi", "--output", str(tmp_path / "none" / "openapi.json")]) == 1
    assert f"{tmp_path}/none/openapi.json: cannot write the file" in capsys.readouterr().err


def _written(folder: Path, seed: str) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": seed,
        "IMAGE_FACTORY_PUBLIC_URL": "not an address",
    }
    command = [sys.executable, "-m", "provider", "openapi"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout
