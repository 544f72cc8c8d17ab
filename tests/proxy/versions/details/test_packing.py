"""The cached form of what a registry says of a digest."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from proxy.ports import Configuration, Manifest, Referrer
from proxy.versions.details.packing import (
    pack_configuration,
    pack_manifest,
    pack_referrers,
    unpack_configuration,
    unpack_manifest,
    unpack_referrers,
)
from tests.fakes.registry import OCI_INDEX, digest_of

DIGESTS = st.sampled_from("abc").map(digest_of)
TEXTS = st.text(max_size=8)
TIMES = st.datetimes(datetime(1981, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone
MANIFESTS = st.builds(
    Manifest,
    DIGESTS,
    st.just(OCI_INDEX),
    st.integers(0, 10**12),
    st.dictionaries(TEXTS, DIGESTS, max_size=3),
    st.just(()),
    configuration=st.none() | DIGESTS,
    platform=st.none() | TEXTS,
    kind=st.none() | st.sampled_from(["image", "chart", "artifact", "cache"]),
    annotations=st.dictionaries(TEXTS, TEXTS, max_size=3),
    attestations=st.lists(DIGESTS, max_size=2).map(tuple),
    predicates=st.frozensets(TEXTS, max_size=2),
)


@given(MANIFESTS)
def test_a_manifest_is_kept_without_its_layers(manifest: Manifest) -> None:
    """Its digest is part of the key."""
    assert unpack_manifest(pack_manifest(manifest), manifest.digest) == manifest


@given(st.builds(Configuration, st.none() | TEXTS, st.none() | TEXTS, st.none() | TIMES, st.dictionaries(TEXTS, TEXTS)))
def test_a_configuration_is_kept(configuration: Configuration) -> None:
    """Times are exact."""
    assert unpack_configuration(pack_configuration(configuration)) == configuration


@given(st.lists(st.builds(Referrer, TEXTS, TEXTS), max_size=3))
def test_referrers_are_kept(referrers: list[Referrer]) -> None:
    """Also an empty list, which shows that there are none."""
    assert unpack_referrers(pack_referrers(referrers)) == referrers
