"""Tests of making the web part."""

from pathlib import Path

import pytest

from provider.composition.parts import Parts
from provider.composition.web import access_of, web_app
from provider.settings import read_settings


def test_the_web_part_answers_from_an_empty_database(tmp_path: Path) -> None:
    """It is alive, has no images, and is not ready before a worker has reported."""
    settings = read_settings({"IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}"})
    with Parts.open(settings) as parts:
        client = web_app(parts).test_client()
        assert client.get("/healthz").status_code == 200
        assert client.get("/api/v1/images").get_json()["total"] == 0
        assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    ("environ", "configured"),
    [
        ({}, False),
        ({"IMAGE_FACTORY_API_TOKENS": "ci:read:a-good-long-token"}, True),
        ({"IMAGE_FACTORY_BACKSTAGE_URL": "https://backstage.example"}, True),
    ],
)
def test_tokens_or_a_backstage_make_callers_known(environ: dict[str, str], configured: bool) -> None:
    """With either of them, requests from this machine need credentials too."""
    with Parts.open(read_settings(environ)) as parts:
        assert access_of(parts).configured is configured
