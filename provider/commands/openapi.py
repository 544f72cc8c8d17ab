"""image-factory openapi: the OpenAPI document of the API, without a running service."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from provider.api.specification import document_of
from provider.commands.readers import write_out
from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings


def run(output: str | None) -> int:
    """Write the document that a service with default settings serves; returns 1 if the file cannot be written."""
    return write_out(f"{json.dumps(openapi_document(), indent=2, ensure_ascii=False)}\n", output)


def openapi_document() -> object:
    """The document; the same for each run of this version, whatever the environment has."""
    with TemporaryDirectory() as folder:
        # What the web part needs to exist, it makes here.
        here = Path(folder)
        settings = read_settings(
            {
                "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{here / 'image-factory.db'}",
                "IMAGE_FACTORY_CONFIG_CHECKOUT": str(here / "config"),
                "IMAGE_FACTORY_REGISTRY_AUTH_FILE": str(here / "no-credentials.json"),
            }
        )
        with Parts.open(settings) as parts:
            return document_of(web_app(parts))
