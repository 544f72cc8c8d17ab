"""Link headers at our own address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.github.links import rewritten

API, FACE = "https://api.github.test", "https://factory.test/proxy/github"
PATH = "/repos/acme/portal/actions/runs?branch=main&per_page=30"


def at_face(header: str) -> str | None:
    """The header of a list of runs."""
    return rewritten(header, api_url=API, face_url=FACE, path=PATH)


def test_only_page_numbers_are_used() -> None:
    """The path and the filters are those of the request, not of GitHub's address."""
    header = (
        f'<{API}/repositories/17/actions/runs?page=2&per_page=30&x=y>; rel="next", '
        f'</repositories/17/actions/runs?page=9>; rel="last"'
    )
    own = f"{FACE}/repos/acme/portal/actions/runs?branch=main&per_page=30"
    assert at_face(header) == f'<{own}&page=2>; rel="next", <{own}&page=9>; rel="last"'


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/repositories/17/actions/runs?page=2",
        "http://api.github.test/x?page=2",
        "https://api.github.test:444/x?page=2",
        "//evil.test/?page=2",
        "https://api.github.test@evil.test/?page=2",
        f"{API}/x?page=two",
        f"{API}/x",
        "http://[",
    ],
)
def test_other_addresses_are_left_out(target: str) -> None:
    """An address with another host, scheme or port, or without a page number, is left out."""
    assert at_face(f'<{target}>; rel="next"') is None


@given(st.text(alphabet="<>;,=\"'relnxtpagehs:/?&1 \r\n", max_size=80))
def test_every_link_has_our_address(header: str) -> None:
    """For any header, every address is our own, without a line break."""
    links = at_face(header) or ""
    assert "\n" not in links
    assert "\r" not in links
    assert all(part.startswith(f"<{FACE}/repos/acme/portal/") for part in links.split(", ") if part)
