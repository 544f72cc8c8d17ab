"""What the configuration of an image says."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Garbage
from proxy.registries.documents.configurations import built_at, parse_configuration


def body(**parts: object) -> bytes:
    """A configuration."""
    return json.dumps(parts).encode()


def test_platform_time_and_labels_are_read() -> None:
    """Labels of others are left out."""
    labels = {"org.opencontainers.image.revision": "4f2a", "maintainer": "mia", "org.opencontainers.image.source": None}
    read = parse_configuration(
        body(
            os="linux", architecture="arm64", variant="v8", created="2026-11-20T10:00:00.5Z", config={"Labels": labels}
        ),
        "app",
    )
    assert (read.platform, read.os_version) == ("linux/arm64/v8", None)
    assert read.built_at == datetime(2026, 11, 20, 10, 0, 0, 500_000, tzinfo=UTC)
    assert read.labels == {"revision": "4f2a"}


def test_windows_has_a_version() -> None:
    """It tells apart images that have the same architecture."""
    read = parse_configuration(body(os="windows", architecture="amd64", **{"os.version": "10.0.26100.2314"}), "app")
    assert (read.platform, read.os_version) == ("windows/amd64", "10.0.26100.2314")


@pytest.mark.parametrize(
    "parts", [{}, {"config": None}, {"config": []}, {"config": {"Labels": []}}, {"config": {"Labels": None}, "os": 7}]
)
def test_what_is_missing_is_not_known(parts: dict[str, object]) -> None:
    """Odd values are none."""
    read = parse_configuration(body(**parts), "app")
    assert (read.platform, read.os_version, read.built_at, read.labels) == (None, None, None, {})


@pytest.mark.parametrize("text", [b"[]", b"{", b"7"])
def test_a_configuration_is_an_object(text: bytes) -> None:
    """Anything else is refused, with the name of the image."""
    with pytest.raises(Garbage, match="app"):
        parse_configuration(text, "app")


@pytest.mark.parametrize(
    "value",
    [
        "1970-01-01T00:00:00Z",
        "1980-01-01T00:00:01Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "yesterday",
        "",
        None,
        7,
    ],
)
def test_the_fixed_date_of_a_reproducible_build_is_no_time(value: object) -> None:
    """Kaniko writes 1970, buildpacks 1980, and a registry anything."""
    assert built_at(value) is None


@given(st.datetimes(datetime(1981, 1, 2), datetime(2200, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001 - hypothesis wants bounds without a zone
def test_a_time_is_in_utc(at: datetime, hours: int) -> None:
    """Whatever its zone; without one it is UTC."""
    there = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert built_at(there.isoformat()) == there
    assert built_at(at.isoformat()) == at.replace(tzinfo=UTC)
