"""Which product a registry is."""

import pytest

from proxy.registries.challenges import parse_challenges
from proxy.versions.table import PRODUCTS

CHALLENGES = {
    # As their documentation and source write them.
    'Bearer realm="https://harbor.example.com/service/token",service="harbor-registry"': "HarborTags",
    'Bearer realm="https://harbor/service/token",service="harbor-registry",scope="repository:a/b:pull"': "HarborTags",
    'Bearer realm="https://gitlab.example.com/jwt/auth",service="container_registry"': "GitLabTags",
    'Bearer realm="https://example.com/git/jwt/auth",service="container_registry",error="invalid_token"': "GitLabTags",
    'Bearer realm="https://git.example.com/v2/token",service="container_registry",scope="*"': "GiteaTags",
    'Bearer realm="https://codeberg.org/v2/token",service="container_registry",scope="*", Basic realm="x"': "GiteaTags",
    'Bearer realm="https://quay.example.com/v2/auth",service="quay.example.com"': "QuayTags",
    'Bearer realm="https://quay.example.com:8443/v2/auth",service="quay.example.com:8443"': "QuayTags",
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"': None,
    'Bearer realm="https://x.jfrog.io/artifactory/api/docker/null/v2/token",service="x.jfrog.io"': None,
    'Bearer realm="https://x.azurecr.io/oauth2/token",service="x.azurecr.io"': None,
    'Bearer realm="https://example.com/v2/auth",service="another.example.com"': None,
    'Bearer service="container_registry"': None,
    'Basic realm="Sonatype Nexus Repository Manager"': None,
    "": None,
}


@pytest.mark.parametrize(("header", "name"), CHALLENGES.items())
def test_each_product_is_recognised_by_its_challenge(header: str, name: str | None) -> None:
    """By no other's."""
    bearer = next((each.parameters for each in parse_challenges(header) if each.scheme == "bearer"), {})
    found = [kind.__name__ for kind in PRODUCTS if kind.recognises(bearer)]  # type: ignore[attr-defined]  # classes
    assert found == ([name] if name else [])
