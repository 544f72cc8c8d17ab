"""What Quay's scanner found."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Garbage
from proxy.version_types import Vulnerabilities
from proxy.versions.kinds.quay_security import pack_security, parse_security, unpack_security
from tests.contracts.product_subjects import PRODUCTS, REPOSITORY, ProductHost, Pushed
from tests.contracts.version_world import open_world
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import ScriptedHost
from tests.proxy.versions.settling import settle

QUAY = next(product for product in PRODUCTS if product.name == "quay")
FEATURES = [
    {"Name": "openssl", "Vulnerabilities": [{"Severity": "Critical"}, {"Severity": "High"}, {"Severity": "Unknown"}]},
    {"Name": "zlib", "Vulnerabilities": [{"Severity": "Low"}, {"Severity": "Negligible"}, {"Name": "x"}]},
    {"Name": "bash", "Vulnerabilities": None},
    {"Name": "sed"},
]
SCANNED = {"status": "scanned", "data": {"Layer": {"Name": "x", "Features": FEATURES}}}
FOUND = Vulnerabilities(critical=1, high=1, low=1, unrated=3)
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["status", "data", "Layer", "Features", "Vulnerabilities", "Severity"]), inner
        )
    ),
    max_leaves=15,
)


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (SCANNED, FOUND),
        ({"status": "scanned", "data": None}, Vulnerabilities()),
        ({"status": "queued", "data": None}, None),
        ({"status": "failed", "data": None}, None),
        ({"status": "manifest_layer_too_large"}, None),
        ({"status": "unsupported"}, Vulnerabilities(applicable=False)),
        ([], None),
    ],
)
def test_a_scan_has_numbers_by_severity(document: object, found: Vulnerabilities | None) -> None:
    """Without a finished scan there are none, which is not zero."""
    assert parse_security(json.dumps(document).encode(), "app") == found
    assert unpack_security(pack_security(found)) == found


@given(JSON)
def test_any_document_is_read(document: object) -> None:
    """Or left out."""
    parse_security(json.dumps({"status": "scanned", "data": document}).encode(), "app")
    parse_security(json.dumps(document).encode(), "app")


@pytest.mark.parametrize("body", [b"", b"<p>", b"[" * 100_000])
def test_what_is_no_json_is_garbage(body: bytes) -> None:
    """It is no result."""
    with pytest.raises(Garbage):
        parse_security(body, "app")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (json_answer(200, SCANNED), FOUND),
        (json_answer(200, {"status": "queued"}), None),
        (json_answer(401, {}), None),
        (json_answer(404, {}), None),
        (json_answer(500, {}), None),
        (Answer(200, b"<p>"), None),
    ],
)
def test_only_the_rows_of_a_page_are_asked_for(answer: Answer, found: Vulnerabilities | None) -> None:
    """In the background, each image once; a scanner that fails changes nothing else of the row."""
    pushed = [Pushed(f"1.{number}.0", NOW) for number in range(50, 0, -1)]

    def api(request: Request) -> Answer | None:
        return answer if request.path.endswith("/security") else None

    with ScriptedHost(ProductHost(QUAY, pushed, api)) as host, open_world(Clock()) as world:
        first = world.page(f"{host.host}/{REPOSITORY}", size=5)
        assert not first.complete
        assert all(version.digest and version.size for version in first.items)
        settle()
        done = world.page(f"{host.host}/{REPOSITORY}", size=5)
        assert (done.complete, {version.vulnerabilities for version in done.items}) == (True, {found})
        assert all(version.problem is None for version in done.items)
        scans = [request for request in host.requests if request.path.endswith("/security")]
        asked = [request.path for request in scans]
        assert sorted(asked) == sorted(
            f"/api/v1/repository/{REPOSITORY}/manifest/{each.digest}/security" for each in pushed[:5]
        )
        assert not any(request.authorization for request in scans)
