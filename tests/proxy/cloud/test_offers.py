"""Which clouds are asked, and where their libraries may go."""

import pytest

from proxy.cloud.offers import OFFERS, Cloud, clouds_in_use, identity_addresses


@pytest.mark.parametrize(
    ("cloud", "variable"), [(cloud, variable) for cloud, variables in OFFERS.items() for variable in variables]
)
def test_a_variable_of_a_cloud_puts_it_in_use(cloud: Cloud, variable: str) -> None:
    """Only this cloud is asked; an empty variable counts as not set."""
    assert clouds_in_use(None, {variable: "/var/run/secrets/token", "HOME": "/"}) == {cloud}
    assert clouds_in_use(None, {variable: ""}) == frozenset()


def test_the_setting_decides_alone() -> None:
    """What it names is asked, whatever the variables say."""
    environ = {"AWS_PROFILE": "acme"}
    assert clouds_in_use({"gcp"}, environ) == {"gcp"}
    assert clouds_in_use((), environ) == frozenset()
    assert clouds_in_use(None, environ) == {"aws"}


def test_libraries_may_reach_metadata_servers_and_what_their_variables_name() -> None:
    """Other variables, and texts that are no address, add nothing."""
    environ = {
        "AWS_ENDPOINT_URL_ECR": "https://vpce-1.api.ecr.eu-west-1.vpce.amazonaws.com",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AZURE_AUTHORITY_HOST": "login.microsoftonline.us",
        "IDENTITY_ENDPOINT": "http://127.0.0.1:41234/msi/token",
        "GCE_METADATA_HOST": "127.0.0.1:8080",
        "ELSEWHERE": "http://10.0.0.1",
    }
    assert set(identity_addresses(environ)) == {
        "http://169.254.169.254",
        "http://metadata.google.internal",
        "https://vpce-1.api.ecr.eu-west-1.vpce.amazonaws.com",
        "http://127.0.0.1:4566",
        "http://127.0.0.1:41234/msi/token",
        "http://127.0.0.1:8080",
    }
