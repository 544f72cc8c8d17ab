"""Tests of the names in templates, which all pages share."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.templating import Environment

from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings


class EachOnce(dict[str, Any]):
    """Filters by name; a second one with the same name is refused, except for the same function."""

    def __setitem__(self, name: str, value: Any) -> None:
        assert self.get(name, value) is value, f"two pages name a filter {name}"
        super().__setitem__(name, value)


def test_no_page_replaces_a_filter_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page could be right alone, and break the other in a service that has both."""
    make = Flask.create_jinja_environment

    def checked(app: Flask) -> Environment:
        environment = make(app)
        environment.filters = EachOnce(environment.filters)
        return environment

    monkeypatch.setattr(Flask, "create_jinja_environment", checked)
    settings = read_settings({"IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}"})
    with Parts.open(settings) as parts:
        client = web_app(parts).test_client()
        assert client.get("/").status_code == 200
        assert client.get("/images").status_code == 200
