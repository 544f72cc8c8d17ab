"""Harbor's artifacts, as goharbor/harbor's api/v2.0/swagger.yaml describes them."""

from datetime import UTC, datetime

import pytest

from proxy.version_types import PlatformImage, Vulnerabilities
from proxy.versions.kinds.harbor import artifacts_path, parse_artifact
from proxy.versions.listing import ListedTag
from tests.fakes.registry import digest_of

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
REPORT = "application/vnd.security.vulnerability.report; version=1.1"
IMAGE = {
    "type": "IMAGE",
    "digest": digest_of("1"),
    "size": 1000,
    "push_time": "2026-10-01T00:00:00.000Z",
    "tags": [{"name": "1.0.0", "push_time": "2026-11-01T08:00:00.000Z"}, {"name": "latest"}],
    "references": None,
    "accessories": [{"type": "signature.cosign"}, {"type": "sbom.harbor"}],
    "extra_attrs": {
        "architecture": "amd64",
        "os": "linux",
        "created": "2026-09-30T12:00:00Z",
        "config": {
            "Labels": {
                "org.opencontainers.image.revision": "7f3c2d1",
                "org.opencontainers.image.source": "https://github.com/acme/app",
                "org.opencontainers.image.version": "1.0.0",
            }
        },
    },
    "scan_overview": {
        REPORT: {
            "scan_status": "Success",
            "severity": "High",
            "summary": {"total": 9, "fixable": 2, "summary": {"Critical": 1, "High": 2, "Low": 3, "Unknown": 3}},
        }
    },
}


def parsed(**changes: object) -> list[ListedTag]:
    """The tags of the image with these changes."""
    return list(parse_artifact({**IMAGE, **changes}))


def test_an_image_has_everything_that_harbor_knows() -> None:
    """Its own push for each tag, else that of the artifact."""
    first, latest = parsed()
    assert first == ListedTag(
        "1.0.0",
        digest_of("1"),
        1000,
        AT,
        (PlatformImage("linux", "amd64", None, digest_of("1"), 1000),),
        built_at=datetime(2026, 9, 30, 12, tzinfo=UTC),
        kind="image",
        signed=True,
        sbom=True,
        revision="7f3c2d1",
        source="https://github.com/acme/app",
        version="1.0.0",
        vulnerabilities=Vulnerabilities(critical=1, high=2, low=3, unrated=3),
    )
    assert (latest.name, latest.published_at) == ("latest", datetime(2026, 10, 1, tzinfo=UTC))


def test_an_index_has_its_platforms() -> None:
    """Its size is no pull; an attestation is no platform."""
    references = [
        {"child_digest": digest_of("a"), "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
        {
            "child_digest": digest_of("w"),
            "platform": {"os": "windows", "architecture": "amd64", "os.version": "10.0.1"},
        },
        {"child_digest": digest_of("x"), "platform": {"os": "unknown", "architecture": "unknown"}},
        {"child_digest": digest_of("y"), "platform": None},
    ]
    first, _ = parsed(references=references, extra_attrs=None)
    assert (first.size, first.platforms) == (
        None,
        (
            PlatformImage("linux", "arm64", "v8", digest_of("a"), None),
            PlatformImage("windows", "amd64", None, digest_of("w"), None, "10.0.1"),
        ),
    )


@pytest.mark.parametrize(
    ("overview", "found"),
    [
        (None, None),
        ({}, None),
        ({REPORT: {"scan_status": "Running"}}, None),
        ({REPORT: {"scan_status": "Error", "summary": None}}, None),
        ({REPORT: {"scan_status": "Success", "summary": {"summary": {}}}}, Vulnerabilities()),
        ({REPORT: {"scan_status": "Success", "summary": {"summary": {"High": -1, "Low": "x"}}}}, Vulnerabilities()),
        (
            {"application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0": IMAGE["scan_overview"][REPORT]},  # type: ignore[index]  # as above
            Vulnerabilities(critical=1, high=2, low=3, unrated=3),
        ),
    ],
)
def test_only_a_scan_that_succeeded_has_numbers(overview: object, found: Vulnerabilities | None) -> None:
    """Zero is not shown for what was not scanned."""
    assert [tag.vulnerabilities for tag in parsed(scan_overview=overview)] == [found] * 2


@pytest.mark.parametrize(("kind", "shown"), [("CHART", "chart"), ("CNAB", None), ("WASM", None), ("UNKNOWN", None)])
def test_what_is_no_image_is_not_scanned(kind: str, shown: str | None) -> None:
    """Scanners read images only."""
    first, _ = parsed(type=kind, scan_overview=None)
    assert (first.kind, first.vulnerabilities) == (shown, Vulnerabilities(applicable=False))


@pytest.mark.parametrize(
    ("accessories", "signed", "sbom"),
    [
        (None, False, None),
        ([], False, None),
        ([{"type": "signature.notation"}], True, None),
        ([{"type": "accelerator.nydus"}, {"type": None}], False, None),
        ([{"type": "sbom.harbor"}], False, True),
    ],
)
def test_signatures_are_accessories(accessories: object, signed: bool, sbom: bool | None) -> None:
    """Harbor lists cosign's and notation's."""
    assert [(tag.signed, tag.sbom) for tag in parsed(accessories=accessories)] == [(signed, sbom)] * 2


def test_slashes_in_a_name_are_encoded_twice() -> None:
    """As Harbor's description requires."""
    assert artifacts_path("team/tools/app", 2).startswith(
        "/api/v2.0/projects/team/repositories/tools%252Fapp/artifacts?q=tags%3D%2A&page=2&page_size=100&"
    )
