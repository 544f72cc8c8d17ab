"""Tests of the names of hosts in metrics."""

import pytest

from proxy.registries.host_labels import OTHER, host_label

NAMED = {"registry.acme.example:5000", "git.acme.example", "::1"}


@pytest.mark.parametrize(
    ("host", "label"),
    [
        ("api.github.com", "api.github.com"),
        ("registry-1.docker.io", "registry-1.docker.io"),
        ("ghcr.io", "ghcr.io"),
        ("europe-docker.pkg.dev", "*.pkg.dev"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "*.dkr.ecr.*.amazonaws.com"),
        ("registry.acme.example", "registry.acme.example"),
        ("git.acme.example", "git.acme.example"),
        ("::1", "::1"),
        ("evil.example", OTHER),
        ("ghcr.io.evil.example", OTHER),
        ("", OTHER),
    ],
)
def test_only_hosts_that_are_known_or_named_have_a_label(host: str, label: str) -> None:
    """A host that only a Dockerfile names has none of its own, however it is spelled."""
    assert host_label(host, NAMED) == label


def test_a_thousand_hosts_of_dockerfiles_are_one_label() -> None:
    """So the number of series is bounded."""
    assert {host_label(f"r{number}.example", NAMED) for number in range(1_000)} == {OTHER}
