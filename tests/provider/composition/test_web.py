"""Tests of making the web part."""

from pathlib import Path

import pytest

from provider.composition.parts import Parts
from provider.composition.web import access_of, guidance_of, web_app
from provider.settings import read_settings
from provider.settings.contact import Contact


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


def test_pages_know_whom_to_ask_and_where_the_config_repository_is() -> None:
    """The web page of the config repository is at its forge; without a setting it is the folder on this machine."""
    environ = {"IMAGE_FACTORY_CONFIG_REPO": "https://github.com/acme/images.git", "IMAGE_FACTORY_CONTACT": "#platform"}
    found = guidance_of(read_settings(environ))
    assert (found.contact, found.config_repo) == (Contact("#platform"), "https://github.com/acme/images.git")
    assert found.config_page == "https://github.com/acme/images/blob/main/images.yaml"
    alone = guidance_of(read_settings({"IMAGE_FACTORY_CONFIG_CHECKOUT": "/srv/data/config"}))
    assert (alone.contact, alone.config_repo, alone.config_page) == (None, "/srv/data/config.git", None)


@pytest.mark.parametrize(
    ("environ", "page"),
    [
        ({}, "/login"),
        ({"IMAGE_FACTORY_PUBLIC_URL": "http://127.0.0.1:8080"}, "/login"),
        ({"IMAGE_FACTORY_PUBLIC_URL": "https://images.example.com"}, "https://images.example.com/login"),
    ],
)
def test_the_log_names_the_sign_in_page(environ: dict[str, str], page: str, caplog: pytest.LogCaptureFixture) -> None:
    """Its host is named only if people have set it: the default port may not be that of this service."""
    caplog.set_level("INFO")
    with Parts.open(read_settings(environ)) as parts:
        access_of(parts)

    assert f"sign in once on the page {page} with the token " in caplog.text
