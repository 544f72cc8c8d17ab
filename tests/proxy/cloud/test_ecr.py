"""Hosts of Amazon's registries, and the endpoints that their region has."""

import pytest

from proxy.cloud.ecr import AmazonClients, AmazonRegistry, amazon_registry
from proxy.cloud.sending import LibrarySender
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from tests.proxy.clocks import Clock

ACCOUNT = "123456789012"


@pytest.mark.parametrize(
    ("host", "registry", "endpoint"),
    [
        (
            f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com",
            AmazonRegistry(ACCOUNT, "eu-west-1"),
            "https://api.ecr.eu-west-1.amazonaws.com",
        ),
        (
            f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn",
            AmazonRegistry(ACCOUNT, "cn-north-1"),
            "https://api.ecr.cn-north-1.amazonaws.com.cn",
        ),
        (
            f"{ACCOUNT}.dkr.ecr-fips.us-east-1.amazonaws.com",
            AmazonRegistry(ACCOUNT, "us-east-1", fips=True),
            "https://ecr-fips.us-east-1.amazonaws.com",
        ),
        (
            f"{ACCOUNT}.dkr-ecr.eu-west-1.on.aws",
            AmazonRegistry(ACCOUNT, "eu-west-1", dual_stack=True),
            "https://ecr.eu-west-1.api.aws",
        ),
        (
            f"{ACCOUNT}.dkr-ecr-fips.us-gov-west-1.on.aws",
            AmazonRegistry(ACCOUNT, "us-gov-west-1", fips=True, dual_stack=True),
            "https://ecr-fips.us-gov-west-1.api.aws",
        ),
        ("public.ecr.aws", AmazonRegistry("", "us-east-1"), "https://api.ecr-public.us-east-1.amazonaws.com"),
        ("ecr-public.aws.com", AmazonRegistry("", "us-east-1"), "https://api.ecr-public.us-east-1.amazonaws.com"),
        (
            f"{ACCOUNT}.dkr.ecr.eusc-de-east-1.amazonaws.eu",
            AmazonRegistry(ACCOUNT, "eusc-de-east-1"),
            "https://api.ecr.eusc-de-east-1.amazonaws.eu",
        ),
        (
            f"{ACCOUNT}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn",
            AmazonRegistry(ACCOUNT, "cn-north-1", dual_stack=True),
            "https://ecr.cn-north-1.api.amazonwebservices.com.cn",
        ),
    ],
)
def test_a_host_names_account_region_and_endpoint(
    host: str, registry: AmazonRegistry, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client of a registry asks the endpoint of the registry's own region and kind."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAX")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-key")
    clock = Clock()
    transport = Transport(AddressPolicy(), now=clock.now, sleep=clock.sleep)

    assert amazon_registry(host) == registry
    assert AmazonClients(LibrarySender(lambda: transport), active=True).of(registry).meta.endpoint_url == endpoint


@pytest.mark.parametrize(
    "host",
    [
        "dkr.ecr.eu-west-1.amazonaws.com",
        f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
        f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.org",
        f"{ACCOUNT}.ecr.eu-west-1.amazonaws.com",
        f"{ACCOUNT}.dkr.ecr.eu/west-1.amazonaws.com",
        "evil.public.ecr.aws",
        "evil.ecr-public.aws.com",
        "ecr.aws",
    ],
)
def test_another_host_is_not_amazons(host: str) -> None:
    """Nothing is issued for a name that only resembles Amazon's."""
    assert amazon_registry(host) is None
