"""Which clouds the service has an identity of. Pure."""

from collections.abc import Collection, Mapping
from typing import Literal

Cloud = Literal["aws", "gcp", "azure"]

# What each cloud's workload identity sets, and what people set for its libraries. A metadata server is found only by
# asking it, which takes seconds outside its cloud: where there is nothing else, the setting has to name the cloud.
OFFERS: Mapping[Cloud, tuple[str, ...]] = {
    "aws": (
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE",
    ),
    "gcp": ("GOOGLE_APPLICATION_CREDENTIALS", "GCE_METADATA_HOST"),
    "azure": (
        "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_CLIENT_SECRET",
        "AZURE_CLIENT_CERTIFICATE_PATH",
        "IDENTITY_ENDPOINT",
        "MSI_ENDPOINT",
    ),
}


def clouds_in_use(named: Collection[Cloud] | None, environ: Mapping[str, str]) -> frozenset[Cloud]:
    """The clouds whose libraries are asked for credentials.

    Args:
        named: by the setting IMAGE_FACTORY_CLOUD_CREDENTIALS; None: those whose variables are set.
        environ: of this process.
    """
    if named is not None:
        return frozenset(named)
    return frozenset(cloud for cloud, variables in OFFERS.items() if any(map(environ.get, variables)))


_ENDPOINT_VARIABLES = frozenset(
    {
        "AWS_ENDPOINT_URL",
        "AZURE_AUTHORITY_HOST",
        "AZURE_POD_IDENTITY_AUTHORITY_HOST",
        "IDENTITY_ENDPOINT",
        "MSI_ENDPOINT",
    }
)
METADATA_HOSTS = ("169.254.169.254", "metadata.google.internal")
"""The metadata servers of the clouds, which are asked directly, by plain http."""


def identity_addresses(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The addresses that the libraries are sent to by this machine: metadata servers, and those that variables name.

    Only the libraries may reach them; an image in a Dockerfile may not.
    """
    named = (value for name, value in environ.items() if name in _ENDPOINT_VARIABLES or _is_amazon_endpoint(name))
    google = (f"http://{environ[name]}" for name in ("GCE_METADATA_HOST", "GCE_METADATA_IP") if environ.get(name))
    metadata = (f"http://{host}" for host in METADATA_HOSTS)
    return (*metadata, *(value for value in named if "://" in value), *google)


def _is_amazon_endpoint(name: str) -> bool:
    return name.startswith("AWS_ENDPOINT_URL_")
