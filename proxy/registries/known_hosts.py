"""How many requests each well-known registry gets, with the source of the figure. Pure."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from proxy.http.budgets.budget import OWN, POLITE, Limits

_NO_FIGURE = "no published figure: the polite default"


@dataclass(frozen=True, slots=True)
class KnownHost:
    """The limits for one hosted registry.

    Attributes:
        pattern: its host; `*` stands for any text (`*.pkg.dev`).
        limits: for requests of this service.
        source: where the registry publishes its own limit, and the figure.
    """

    pattern: str
    limits: Limits
    source: str = _NO_FIGURE


# A sweep of a cloud registry shares its quota with everything else of the account, so it gets a tenth or less.
_CLOUD = Limits(rate=100.0, burst=200, concurrency=32, reserve=0)
_ECR_SOURCE = 'AWS, "Amazon ECR service quotas": 2,000 BatchGetImage requests a second for an account and region'
_ECR_PUBLIC = Limits(rate=1.0, burst=10, concurrency=2, reserve=0)
_ECR_PUBLIC_SOURCE = 'AWS, "Amazon ECR Public service quotas": 1 image pull a second without credentials, 10 with'
_ACR = Limits(rate=10.0, burst=40, concurrency=16, reserve=0)
_ACR_SOURCE = 'Microsoft, "Azure Container Registry SKU features and limits": 1,000 reads a minute in Basic'
_GCR = Limits(rate=40.0, burst=80, concurrency=16, reserve=0)
_GCR_SOURCE = 'Google, "Container Registry quotas": 50,000 requests in 10 minutes for a client address'

KNOWN_HOSTS: tuple[KnownHost, ...] = (
    KnownHost(
        "docker.io",
        POLITE,
        'Docker, "Docker Hub usage and limits": pulls (GET of a manifest) by the ratelimit headers; '
        "all requests of an IPv4 address: in the order of thousands a minute",
    ),
    KnownHost("dhi.io", POLITE),
    KnownHost(
        "ghcr.io", POLITE, "not documented; its own answers name 2,000 (writes) and 44,000 (reads) requests a minute"
    ),
    KnownHost(
        "quay.io",
        Limits(rate=5.0, burst=20, concurrency=8, reserve=20),
        'Red Hat, "Quay.io rate limiting" (solution 6218921): a few requests a second for an address, with bursts',
    ),
    # A cache of Docker Hub, whose limits are not those of a project's own repositories.
    KnownHost("mirror.gcr.io", POLITE),
    KnownHost("gcr.io", _GCR, _GCR_SOURCE),
    KnownHost("*.gcr.io", _GCR, _GCR_SOURCE),
    KnownHost(
        "*.pkg.dev",
        _CLOUD,
        'Google, "Artifact Registry quotas and limits": 60,000 requests a minute for a project and region',
    ),
    KnownHost("registry.k8s.io", POLITE),
    KnownHost("public.ecr.aws", _ECR_PUBLIC, _ECR_PUBLIC_SOURCE),
    # The name of the same registry that also has IPv6.
    KnownHost("ecr-public.aws.com", _ECR_PUBLIC, _ECR_PUBLIC_SOURCE),
    KnownHost("*.dkr.ecr.*.amazonaws.com", _CLOUD, _ECR_SOURCE),
    KnownHost("*.dkr.ecr-fips.*.amazonaws.com", _CLOUD, _ECR_SOURCE),
    KnownHost("*.dkr.ecr.*.amazonaws.com.cn", _CLOUD, _ECR_SOURCE),
    KnownHost("*.dkr.ecr.*.amazonaws.eu", _CLOUD, _ECR_SOURCE),
    # The names that also have IPv6.
    KnownHost("*.dkr-ecr.*.on.aws", _CLOUD, _ECR_SOURCE),
    KnownHost("*.dkr-ecr-fips.*.on.aws", _CLOUD, _ECR_SOURCE),
    KnownHost("*.dkr-ecr.*.on.amazonwebservices.com.cn", _CLOUD, _ECR_SOURCE),
    KnownHost("*.azurecr.io", _ACR, _ACR_SOURCE),
    KnownHost("*.azurecr.cn", _ACR, _ACR_SOURCE),
    KnownHost("*.azurecr.us", _ACR, _ACR_SOURCE),
    KnownHost("mcr.microsoft.com", POLITE),
    KnownHost(
        "registry.gitlab.com",
        Limits(rate=8.0, burst=20, concurrency=8, reserve=20),
        'GitLab, "GitLab.com-specific rate limits": 500 requests a minute for an address without credentials, '
        "token requests included",
    ),
    KnownHost("lscr.io", POLITE),
    KnownHost("cgr.dev", POLITE),
    KnownHost("docker.elastic.co", POLITE),
    KnownHost("nvcr.io", POLITE),
    KnownHost("registry.redhat.io", POLITE),
    KnownHost("registry.access.redhat.com", POLITE),
    KnownHost("registry.connect.redhat.com", POLITE),
    KnownHost("registry.suse.com", POLITE),
    KnownHost("container-registry.oracle.com", POLITE),
    KnownHost("registry.digitalocean.com", POLITE),
    KnownHost("registry.*.aliyuncs.com", POLITE),
    KnownHost("registry-*.*.aliyuncs.com", POLITE),
    KnownHost("*-registry*.*.cr.aliyuncs.com", POLITE),
    KnownHost("rg.*.scw.cloud", POLITE),
    # Oracle Cloud, IBM Cloud, Huawei Cloud, Tencent Cloud.
    KnownHost("*.ocir.io", POLITE),
    KnownHost("ocir.*.oci.oraclecloud.com", POLITE),
    KnownHost("icr.io", POLITE),
    KnownHost("*.icr.io", POLITE),
    KnownHost("swr.*.myhuaweicloud.com", POLITE),
    KnownHost("ccr.ccs.tencentyun.com", POLITE),
    KnownHost("*.tencentcloudcr.com", POLITE),
)
"""The well-known registries. The first entry whose pattern is the host counts."""


def limits_of(host: str, *, own: bool) -> Limits:
    """The limits for requests to a registry.

    Args:
        host: `docker.io`, or `registry.example.com:5000`.
        own: whether settings or the registry auth file name the host. Then it is private, and gets as much as it
            answers; any other registry is somebody else's.
    """
    name = host.removesuffix(":443")
    known = next((known for known in KNOWN_HOSTS if fnmatchcase(name, known.pattern)), None)
    if known:
        return known.limits
    return OWN if own else POLITE
