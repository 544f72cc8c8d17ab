"""Nothing that a browser receives contains a credential or an address of the inside."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from demo.connected import CATALOG_TOKEN, PROXY_TOKEN, SERVICE_TOKEN, Connected
from proxy.secrets.forms import shows
from proxy.secrets.secret import Secret
from tests.peers.chromium import MOTION, PATIENCE
from tests.peers.github.controls import TOKEN

pytestmark = pytest.mark.backstage

TOUR = {
    "/catalog?filters%5Bkind%5D=resource&filters%5Buser%5D=all": "portal",
    "/catalog/default/resource/portal": "Built from",
    "/catalog/default/resource/portal/versions": "1.8.2",
    "/catalog/default/resource/portal/builds": "Change number",
    "/catalog/default/resource/portal/github-actions": "Completed",
    "/catalog/default/resource/node-22": "Dependents",
    "/catalog/default/group/platform": "jane",
    "/catalog-graph?rootEntityRefs%5B%5D=resource%3Adefault%2Fnode-22": "portal",
    "/image-factory": "portal",
    "/home": "Home",
    "/create": "Enroll an image",
    "/search?query=portal": "portal",
    "/settings": "Settings",
}
"""The pages, and a text that each of them shows when it is complete."""


@pytest.mark.parametrize("user", ["jane", "guest"])
def test_a_whole_tour_shows_no_credential_and_no_internal_address(
    browser: Browser, both: Connected, tmp_path: Path, user: str
) -> None:
    """Every response of a tour over all pages is searched for every secret, in every form that it can have."""
    record = tmp_path / "tour.har"
    context = browser.new_context(
        base_url=both.backstage.url,
        record_har_path=record,
        record_har_content="embed",
        service_workers="block",
        reduced_motion=MOTION,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto("/")
    page.get_by_role("button", name=user).click()
    for path, text in TOUR.items():
        page.goto(path)
        expect(page.get_by_text(text).first, path).to_be_attached()
        page.wait_for_load_state("networkidle")
    context.close()

    answers = list(_answers(json.loads(record.read_text("utf-8"))))
    assert len([text for address, text in answers if "/api/proxy/image-factory/" in address]) >= 10
    internal = (both.world.url.removeprefix("http://"), both.world.config_url, str(both.world.folder))
    secrets = (PROXY_TOKEN, CATALOG_TOKEN, SERVICE_TOKEN, TOKEN, both.world.git.write_token)
    assert [address for address, text in answers if any(shows(Secret(secret), text) for secret in secrets)] == []
    assert [address for address, text in answers if any(part in text for part in internal)] == []


def _answers(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The address of each response, and its headers and body as text."""
    for entry in record["log"]["entries"]:
        answer = entry["response"]
        content = answer["content"]
        body = content.get("text", "")
        if content.get("encoding") == "base64":
            body = base64.b64decode(body).decode("utf-8", "replace")
        headers = "\n".join(f"{header['name']}: {header['value']}" for header in answer["headers"])
        yield entry["request"]["url"], f"{headers}\n{body}"
