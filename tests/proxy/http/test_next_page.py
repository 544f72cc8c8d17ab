"""The next page of a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Garbage
from proxy.http.exchange import Answer
from proxy.http.next_page import next_page

URL = "https://r.example.com/v2/a/tags/list?n=2"


def page(link: str | None) -> Answer:
    """A page with this Link header."""
    return Answer(200, {} if link is None else {"link": link}, b"", URL)


@pytest.mark.parametrize(
    ("link", "following"),
    [
        ('</v2/a/tags/list?last=b&n=2>; rel="next"', "/v2/a/tags/list?last=b&n=2"),
        ("<?last=b>; rel=next", "/v2/a/tags/list?last=b"),
        ('<https://r.example.com/v2/a/tags/list?last=b>; rel="next"', "/v2/a/tags/list?last=b"),
        ('</first>; rel="first", </n>; title="x; y"; rel="next"', "/n"),
        ('</n>; rel="last next"', "/n"),
        ('</n>; REL="NEXT"', "/n"),
        ('</n>; rel="nextdoor"', None),
        ('</n>; rel="prev"', None),
        ("garbage", None),
        ("", None),
        (None, None),
    ],
)
def test_the_next_page_is_found(link: str | None, following: str | None) -> None:
    """The address may be relative or absolute, the relation quoted or not, and other links may be present."""
    assert next_page(page(link), "a") == following


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.com/v2/a",
        "//evil.com/x",
        "http://r.example.com/x",
        "https://r.example.com:444/x",
        "https://r.example.com@evil.com/",
    ],
)
def test_a_next_page_on_another_host_is_refused(target: str) -> None:
    """Another host, port or scheme would get our credentials."""
    with pytest.raises(Garbage, match="another host"):
        next_page(page(f'<{target}>; rel="next"'), "a")


@given(st.text(max_size=200))
def test_any_link_stays_on_the_host_or_is_refused(link: str) -> None:
    """For any header, the next page is a path."""
    try:
        following = next_page(page(link), "a")
    except Garbage:
        return
    assert following is None or following.startswith("/")


def test_a_hostile_link_is_read_quickly() -> None:
    """A long invalid header is read in linear time."""
    assert next_page(page("</n>" + "; a=b" * 20_000 + "!"), "a") is None
    assert next_page(page("<" * 100_000), "a") is None


def test_a_next_page_that_is_not_an_address_is_garbage() -> None:
    """An address that cannot be read raises no other error."""
    with pytest.raises(Garbage, match="is invalid"):
        next_page(page('<http://[>; rel="next"'), "a")
