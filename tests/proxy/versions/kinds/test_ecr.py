"""Images as ECR describes them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from proxy.version_types import Vulnerabilities
from proxy.versions.kinds.ecr import AmazonTags, tags_of
from tests.fakes.registry import digest_of

AT = datetime(2026, 7, 4, 9, 30, tzinfo=UTC)
IMAGE = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def test_each_tag_has_the_push_of_its_image() -> None:
    """Botocore's times have the zone of this machine."""
    image = {
        "imageDigest": digest_of("1"),
        "imageTags": ["1.0", "latest"],
        "imagePushedAt": AT.astimezone(timezone(timedelta(hours=2))),
        "imageSizeInBytes": 2048,
        "imageManifestMediaType": IMAGE,
    }
    found = list(tags_of(image))
    assert [(tag.name, tag.digest, tag.published_at, tag.size) for tag in found] == [
        ("1.0", digest_of("1"), AT, 2048),
        ("latest", digest_of("1"), AT, 2048),
    ]
    assert {tag.published_at.tzinfo for tag in found if tag.published_at} == {UTC}


@pytest.mark.parametrize(
    "image",
    [
        {},
        {"imageTags": None},
        {"imageTags": [""]},
        {"imageDigest": digest_of("1"), "imagePushedAt": AT},
    ],
)
def test_an_image_without_tags_is_no_version(image: dict[str, object]) -> None:
    """Such as the platforms of an index."""
    assert list(tags_of(image)) == []


def test_what_is_not_stated_is_unknown() -> None:
    """The size of an index is that of its largest platform, and of no pull."""
    (tag,) = tags_of({"imageTags": ["1"], "imageSizeInBytes": 9, "imageManifestMediaType": INDEX, "imageDigest": "x"})
    assert (tag.digest, tag.published_at, tag.size, tag.vulnerabilities) == (None, None, None, None)


def test_findings_are_counted_by_severity() -> None:
    """Those without a severity are counted together."""
    counts = {"CRITICAL": 1, "HIGH": 2, "MEDIUM": 3, "LOW": 4, "INFORMATIONAL": 5, "UNDEFINED": 6}
    (tag,) = tags_of({"imageTags": ["1"], "imageScanFindingsSummary": {"findingSeverityCounts": counts}})
    assert tag.vulnerabilities == Vulnerabilities(critical=1, high=2, medium=3, low=4, unrated=11)
    (none,) = tags_of({"imageTags": ["1"], "imageScanFindingsSummary": {"findingSeverityCounts": {}}})
    assert none.vulnerabilities == Vulnerabilities()


def test_only_private_registries_are_described() -> None:
    """ECR Public describes images to their owners only."""
    assert AmazonTags.serves("123456789012.dkr.ecr.eu-west-1.amazonaws.com")
    assert not AmazonTags.serves("public.ecr.aws")
    assert not AmazonTags.serves("ecr-public.aws.com")
    assert not AmazonTags.serves("docker.io")
