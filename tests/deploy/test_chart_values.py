"""The schema of the chart's values names the settings of the service; `make test-chart` has the tests of the chart."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "image-factory"
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text("utf-8"))["properties"]
# The chart says where registry credentials are mounted, and each pod has a checkout in a volume of its own.
# The name of a pod is in the id of its worker anyway, and all pods have the same settings.
_OF_THE_CHART = {"IMAGE_FACTORY_REGISTRY_AUTH_FILE", "IMAGE_FACTORY_CONFIG_CHECKOUT", "IMAGE_FACTORY_WORKER_ID"}


def _settings(*, secret: bool) -> set[str]:
    rows = re.findall(
        r"^\| (IMAGE_FACTORY_\w+) \|(.+)$", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE
    )
    return {name for name, rest in rows if ("**file**" in rest) == secret}


def test_the_values_have_each_setting() -> None:
    """One without a secret is in `settings`; a misspelt one is refused before anything is installed."""
    assert set(SCHEMA["settings"]["propertyNames"]["enum"]) == _settings(secret=False) - _OF_THE_CHART


def test_secrets_cannot_be_written_into_the_values() -> None:
    """A setting that can contain a secret is in `secrets`, where each names a key of an existing Secret."""
    assert set(SCHEMA["secrets"]["propertyNames"]["enum"]) == _settings(secret=True)
    assert SCHEMA["secrets"]["additionalProperties"]["required"] == ["name", "key"]


def test_the_schema_knows_each_value() -> None:
    """Each key of values.yaml is in the schema, which refuses all others."""
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))

    assert SCHEMA.keys() - {"global"} == values.keys()
    for name, value in values.items():
        known = SCHEMA[name]
        if isinstance(value, dict) and "propertyNames" not in known:
            assert known["additionalProperties"] is False
            assert value.keys() <= known["properties"].keys()


def test_the_version_of_the_chart_is_that_of_the_service() -> None:
    """Its default image is the one of the same release."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))

    assert f'\nversion = "{chart["appVersion"]}"\n' in (ROOT / "pyproject.toml").read_text("utf-8")
