"""The links of the catalog for a company that runs its own GitHub and GitLab."""

from pathlib import Path

import pytest

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
