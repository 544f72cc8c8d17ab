"""The links of the catalog, which depend on the settings."""

from pathlib import Path

import pytest
import yaml

from tests.provider.composition.checking import Service

ENTRY = """
- name: app
  registry: ghcr.io
  repository: acme/app
  source: {{provider: {provider}, repo: acme/portal}}
  build: {{system: webhook, url: "https://builds.example.com/"}}
"""
CLOSED = "127.0.0.1:1"


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_links_lead_to_the_company_s_own_site(provider: str, tmp_path: Path) -> None:
    """The link to the source of an image has the host of the settings."""
    variables = {
        "GITHUB_API_URL": f"http://{CLOSED}/api/v3",
        "GITLAB_URL": f"http://{CLOSED}",
        "REGISTRY_MIRRORS": f"ghcr.io=http://{CLOSED}",
    }
    service = Service(tmp_path, variables)
    service.check(ENTRY.format(provider=provider))

    with service.parts() as parts:
        (fragment,) = parts.index.fragments()
    assert f"http://{CLOSED}/acme/portal" in str(fragment)


@pytest.mark.parametrize(
    ("variables", "links"),
    [
        ({}, []),
        ({"PUBLIC_URL": "https://images.example.com/"}, ["https://images.example.com/images/app"]),
    ],
)
def test_an_image_links_to_its_page(variables: dict[str, str], links: list[str], tmp_path: Path) -> None:
    """Backstage shows the link where IMAGE_FACTORY_PUBLIC_URL says how people reach the service."""
    outside = {"GITHUB_API_URL": f"http://{CLOSED}", "REGISTRY_MIRRORS": f"ghcr.io=http://{CLOSED}"}
    service = Service(tmp_path, outside | variables)
    service.check(ENTRY.format(provider="github"))

    with service.parts() as parts:
        (fragment,) = parts.index.fragments()
    found = yaml.safe_load(fragment)["metadata"]["links"]
    assert [link["url"] for link in found if link["title"] == "Image Factory"] == links


@pytest.mark.parametrize(
    ("setting", "scheme"), [("INSECURE_HOSTS", "http"), ("INSECURE_REGISTRIES", "http"), ("PRIVATE_HOSTS", "https")]
)
def test_the_link_to_a_registry_has_its_scheme(setting: str, scheme: str, tmp_path: Path) -> None:
    """A browser could not open https at a registry that is reached by plain http."""
    service = Service(tmp_path, {"GITHUB_API_URL": f"http://{CLOSED}", setting: CLOSED})
    service.check(ENTRY.format(provider="github").replace("ghcr.io", CLOSED))

    with service.parts() as parts:
        (fragment,) = parts.index.fragments()
    found = yaml.safe_load(fragment)["metadata"]["links"]
    assert [link["url"] for link in found if link["title"] == "Registry"] == [f"{scheme}://{CLOSED}/acme/app"]
