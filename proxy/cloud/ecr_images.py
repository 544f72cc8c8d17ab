"""The images of a repository at ECR, by DescribeImages.

Source: botocore's model `ecr/2015-09-21` (shapes `DescribeImagesRequest` and `ImageDetail`).
"""

from collections.abc import Iterator, Mapping

from proxy.cloud.ecr import AmazonClients, amazon_reason, amazon_registry
from proxy.cloud.sending import library_call
from proxy.errors import NotConfigured

_PER_PAGE = 1000
_REMEDY = "allow the service's role ecr:DescribeImages"


def described_images(clients: AmazonClients, host: str, repository: str) -> Iterator[list[Mapping[str, object]]]:
    """The documents of `imageDetails` with their tags, in pages of at most 1000, in no order.

    Args:
        clients: of boto3.
        host: of an Amazon registry.
        repository: its path.

    Raises:
        NotConfigured: the service has no identity of Amazon, boto3 is not installed, or the registry is public.
        OutsideFailure: Amazon does not list them.
    """
    registry = amazon_registry(host)
    if registry is None or not registry.account or not clients.active:
        raise NotConfigured(f"{host} is listed by Amazon only for the service's own identity, and it has none")
    request = {
        "registryId": registry.account,
        "repositoryName": repository,
        "filter": {"tagStatus": "TAGGED"},
        "PaginationConfig": {"PageSize": _PER_PAGE},
    }
    with library_call(f"AWS lists no images of {host}/{repository}", _REMEDY, amazon_reason):
        try:
            pages = clients.of(registry).get_paginator("describe_images").paginate(**request)
        except ImportError as error:
            raise NotConfigured("install image-factory[aws]") from error
        for page in pages:
            yield page.get("imageDetails", [])
