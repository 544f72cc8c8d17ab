"""The alert rules and the dashboard name only what the service really exposes and the documents describe."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings
from tests.deploy.monitoring.expressions import documented_name, groupings, selectors

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "deploy" / "monitoring"
SEVERITIES = {"critical", "warning", "info"}
_ROW = re.compile(r"^\| `(image_factory_\w+)` \|([^|]*)\|", re.MULTILINE)
_DURATION = re.compile(r"\d+(s|m|h|d)")


def _rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def _dashboard() -> Any:
    return json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))


def _targets() -> Iterator[tuple[str, str]]:
    for panel in _dashboard()["panels"]:
        yield from ((panel["title"], target["expr"]) for target in panel.get("targets", ()))


EXPRESSIONS = [(rule["alert"], rule["expr"]) for rule in _rules()] + list(_targets())


@cache
def _documented() -> dict[str, frozenset[str]]:
    """The metrics of docs/metrics.md with their labels."""
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    return {name: frozenset(re.findall(r"`(\w+)`", labels)) for name, labels in _ROW.findall(text)}


@pytest.fixture(name="scraped", scope="module")
def scraped_service(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    """The metrics of a service with everything that has metrics, each with the labels of its series."""
    environ = {
        "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('scrape') / 'factory.db'}",
        "IMAGE_FACTORY_BACKSTAGE_URL": "http://127.0.0.1:7007",
        "IMAGE_FACTORY_BACKSTAGE_TOKEN": "a-token-of-backstage",
        "IMAGE_FACTORY_API_TOKENS": "prometheus:read:a-good-long-token",
    }
    with Parts.open(read_settings(environ)) as parts:
        client = web_app(parts).test_client()
        answer = client.get("/metrics", headers={"Authorization": "Bearer a-good-long-token"})
    assert answer.status_code == 200
    found = {}
    for family in text_string_to_metric_families(answer.text):
        # The client library adds the time at which a counter began.
        if family.name.endswith("_created"):
            continue
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = [dict(sample.labels) for sample in family.samples]
    return found


def test_the_documents_list_exactly_what_the_service_exposes(scraped: dict[str, list[dict[str, str]]]) -> None:
    """No metric is missing in docs/metrics.md, and none is there that the service does not have."""
    assert sorted(_documented()) == sorted(scraped)


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_an_expression_names_only_exposed_metrics(
    where: str, expression: str, scraped: dict[str, list[dict[str, str]]]
) -> None:
    """With labels that the documents list, and values that the service can give."""
    named = list(selectors(expression))
    assert named, f"{where} reads no metric of the service"
    labels = {"le"}
    for selector in named:
        name = documented_name(selector.metric, frozenset(scraped))
        assert name in scraped, f"{where}: {selector.metric}"
        assert selector.labels <= _documented()[name], f"{where}: {selector.metric}"
        labels |= _documented()[name]
        for label, value in selector.equal:
            values = {series[label] for series in scraped[name] if label in series}
            assert value in values or name in _LATE, f"{where}: {selector.metric}{{{label}={value}}}"
    assert groupings(expression) <= labels, where


_LATE = frozenset(
    {
        "image_factory_polls_total",
        "image_factory_git_pushes_total",
        "image_factory_http_requests_total",
        "image_factory_beyond_delay_seconds",
    }
)
"""Metrics whose series appear with the first poll, request or rebuild."""


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_what_to_do(rule: dict[str, Any]) -> None:
    """Each has a summary, a description, a severity, a time, and a part of docs/alerting.md."""
    assert rule["labels"]["severity"] in SEVERITIES
    assert _DURATION.fullmatch(rule["for"])
    notes = rule["annotations"]
    assert set(notes) == {"summary", "description", "runbook"}
    assert all(notes.values())
    assert notes["runbook"] == f"docs/alerting.md#{rule['alert'].lower()}"


def test_the_document_has_a_part_for_each_alert() -> None:
    """In the same order, and for no other alert."""
    text = (ROOT / "docs" / "alerting.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (\w+)$", text, re.MULTILINE) == [rule["alert"] for rule in _rules()]


def test_panels_do_not_overlap() -> None:
    """Each panel has its own place, id and data source."""
    panels = _dashboard()["panels"]
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in panels}) == len(panels)
    sources = {target["datasource"]["uid"] for panel in panels for target in panel.get("targets", ())}
    assert sources == {"${datasource}"}
