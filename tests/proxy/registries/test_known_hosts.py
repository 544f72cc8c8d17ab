"""How many requests each registry gets."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from catalog.reference import ImageReference
from proxy.cloud.acr import is_azure_registry
from proxy.cloud.ecr import amazon_registry
from proxy.cloud.gar import is_google_registry
from proxy.http.addresses import AddressPolicy
from proxy.http.budgets.budget import OWN, POLITE, Budget, Limits
from proxy.http.transport import Transport
from proxy.registries.known_hosts import KNOWN_HOSTS, KnownHost, limits_of
from proxy.registries.oci import OciRegistry
from proxy.registries.router import Registries
from proxy.secrets.docker_config import DockerConfig
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.proxy.clocks import Clock

HOSTS = [
    "123456789012.dkr-ecr-fips.us-gov-west-1.on.aws",
    "123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn",
    "123456789012.dkr-ecr.eu-west-1.on.aws",
    "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com",
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
    "123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu",
    "acme-registry-vpc.cn-beijing.cr.aliyuncs.com",
    "acme-registry.cn-hangzhou.cr.aliyuncs.com",
    "acme.azurecr.cn",
    "acme.azurecr.io",
    "acme.azurecr.us",
    "acme.tencentcloudcr.com",
    "ccr.ccs.tencentyun.com",
    "cgr.dev",
    "container-registry.oracle.com",
    "dhi.io",
    "docker.elastic.co",
    "docker.io",
    "ecr-public.aws.com",
    "eu.gcr.io",
    "europe-docker.pkg.dev",
    "gcr.io",
    "ghcr.io",
    "icr.io",
    "lscr.io",
    "mcr.microsoft.com",
    "mirror.gcr.io",
    "nvcr.io",
    "ocir.eu-frankfurt-1.oci.oraclecloud.com",
    "public.ecr.aws",
    "quay.io",
    "registry-vpc.cn-hangzhou.aliyuncs.com",
    "registry.access.redhat.com",
    "registry.cn-hangzhou.aliyuncs.com",
    "registry.connect.redhat.com",
    "registry.digitalocean.com",
    "registry.gitlab.com",
    "registry.k8s.io",
    "registry.redhat.io",
    "registry.suse.com",
    "rg.fr-par.scw.cloud",
    "swr.cn-north-4.myhuaweicloud.com",
    "uk-london-1.ocir.io",
    "us-central1-docker.pkg.dev",
    "us-docker.pkg.dev",
    "us.icr.io",
]


@pytest.mark.parametrize("host", HOSTS)
def test_a_well_known_registry_has_its_limits_whoever_is_signed_in(host: str) -> None:
    """An entry in the auth file does not make it private, and a port that is the default changes nothing."""
    for own in (True, False):
        limits = limits_of(host, own=own)
        assert limits.rate is not None
        assert any(fnmatchcase(host, known.pattern) for known in KNOWN_HOSTS)
        assert limits.concurrency <= 32
        assert limits_of(f"{host}:443", own=own) == limits


@pytest.mark.parametrize(
    "host",
    [
        "registry.example.com",
        "gcr.io.example.com",
        "notgcr.io",
        "quay.io:8443",
        "dkr.ecr.example.com",
        "registry.k8s.io.example.com:5000",
        "harbor.vendor.example",
        "acme.azurecr.io.example.com",
        "acme.azurecr.de.example",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.org",
        "noticr.io",
        "ocir.example.com",
        "ecr-public.aws.com.example.com",
    ],
)
def test_an_unknown_registry_is_asked_politely_unless_it_is_our_own(host: str) -> None:
    """A host that settings or the auth file name is private; a name that only looks like a known one is unknown."""
    assert limits_of(host, own=False) == POLITE
    assert limits_of(host, own=True) == OWN


@pytest.mark.parametrize("host", [host for host in HOSTS if amazon_registry(host)])
def test_each_name_of_an_amazon_registry_has_amazon_s_limits(host: str) -> None:
    """With IPv6, FIPS, China and Europe's own cloud; the public one has narrower limits under both of its names."""
    private, public = limits_of("1.dkr.ecr.eu-west-1.amazonaws.com", own=True), limits_of("public.ecr.aws", own=True)

    assert private != public
    assert limits_of(host, own=True) == (public if "public" in host else private)


@pytest.mark.parametrize("host", [host for host in HOSTS if is_google_registry(host) or is_azure_registry(host)])
def test_each_registry_of_google_and_azure_has_a_published_limit(host: str) -> None:
    """What the clouds' identities serve is no registry of our own without limits."""
    known = next(each for each in KNOWN_HOSTS if fnmatchcase(host, each.pattern))

    assert "no published figure" not in known.source or host == "mirror.gcr.io"


def test_an_entry_after_its_pattern_would_never_count() -> None:
    """Each pattern is the first one that its own text matches, and each line says where its figure is from."""
    for number, known in enumerate(KNOWN_HOSTS):
        assert [each.pattern for each in KNOWN_HOSTS[:number] if fnmatchcase(known.pattern, each.pattern)] == []
        assert known.source
    assert limits_of("mirror.gcr.io", own=False) == POLITE != limits_of("us.gcr.io", own=False)


@pytest.mark.parametrize("known", KNOWN_HOSTS, ids=lambda known: known.pattern)
def test_a_limit_without_a_published_figure_is_the_polite_one(known: KnownHost) -> None:
    """No figure is made up."""
    assert (known.limits == POLITE) or "no published figure" not in known.source


MIRRORS = {"docker.io": "https://mirror.gcr.io", "ghcr.io": "https://mirror.corp.example", "lscr.io": "https://quay.io"}
POLICY = AddressPolicy(("registry.corp.example",), ("insecure.corp.example",)).with_mirrors(MIRRORS.values())


@pytest.fixture
def all_registries() -> Iterator[Registries]:
    """Registries with mirrors, of which none is asked."""
    clock = Clock()
    transport = Transport(POLICY, now=clock.now, sleep=clock.sleep)
    yield Registries(transport, RegistryCredentials(DockerConfig(), {}), mirrors=MIRRORS)
    transport.close()


def budget(registries: Registries, host: str) -> Budget:
    """The budget of a host's client."""
    client = registries.of(ImageReference(host, "team/app"))
    assert isinstance(client, OciRegistry)
    return client._session.budget


@pytest.mark.parametrize(
    ("host", "limits"),
    [
        ("quay.io", limits_of("quay.io", own=False)),
        ("registry.vendor.example", POLITE),
        ("registry.corp.example", OWN),
        ("registry.corp.example:5000", OWN),
        ("insecure.corp.example", OWN),
        ("docker.io", POLITE),
        ("ghcr.io", OWN),
        ("lscr.io", limits_of("quay.io", own=False)),
    ],
)
def test_the_settings_say_which_registry_is_our_own(all_registries: Registries, host: str, limits: Limits) -> None:
    """A mirror in our own network is our own; a public mirror has its own limits, not those of what it mirrors."""
    assert budget(all_registries, host).limits == limits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("docker.io", "index.docker.io"),
        ("docker.io", "registry-1.docker.io"),
        ("docker.io", "mirror.gcr.io"),
        ("ghcr.io", "mirror.corp.example"),
        ("lscr.io", "quay.io"),
        ("Registry.Vendor.Example", "registry.vendor.example"),
    ],
)
def test_one_host_has_one_budget_under_each_of_its_names(all_registries: Registries, one: str, other: str) -> None:
    """Also where it is the mirror of another registry and is named itself."""
    assert budget(all_registries, one) is budget(all_registries, other)


def test_each_host_has_its_own_budget(all_registries: Registries) -> None:
    """No registry waits for another."""
    hosts = ["docker.io", "quay.io", "ghcr.io", "gcr.io", "us.gcr.io", "a.azurecr.io", "b.azurecr.io", "r.example:5000"]

    assert len({id(budget(all_registries, host)) for host in hosts}) == len(hosts)
