"""Which redirects are followed."""

import pytest

from proxy.errors import Garbage
from proxy.http.exchange import Answer, Request
from proxy.http.redirects import redirect_target, redirected, same_server

ASKED = Request("GET", "https://r.example.com/v2/a", {"Authorization": "secret", "accept": "x"}, None, 10)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a/x", "https://a:443/y", True),
        ("https://a/x", "https://A/x", True),
        ("https://a/x", "http://a/x", False),
        ("https://a/x", "https://a:444/x", False),
        ("https://a/x", "https://a.b/x", False),
        ("https://a/x", "https://a@b/x", False),
        ("https://a/x", "https://a:x/x", False),
        ("https://a:x/x", "https://a:x/x", False),
        ("https://[::1/x", "https://[::1/x", False),
        ("https://[::1]/x", "https://[0:0:0:0:0:0:0:1]:443/x", True),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    """Two addresses have the same origin only if all three are equal."""
    assert same_server(one, other) is same


def test_only_answers_that_redirect_have_a_target() -> None:
    """The Location of a redirect status is followed for GET and HEAD; it may be relative."""
    answer = Answer(307, {"location": "../blob"}, b"", ASKED.url)

    assert redirect_target(ASKED, answer) == "https://r.example.com/blob"
    assert redirect_target(ASKED, Answer(201, answer.headers, b"", ASKED.url)) is None
    assert redirect_target(ASKED, Answer(307, {}, b"", ASKED.url)) is None
    assert redirect_target(Request("POST", ASKED.url, {}, b"", 10), answer) is None


def test_credentials_stay_on_their_host() -> None:
    """A redirect on the same host keeps all headers; on another host Authorization is removed, or it is refused."""
    assert redirected(ASKED, "https://r.example.com/b", other_hosts=False).headers == ASKED.headers
    others = (
        "https://cdn.example.com/b",
        "http://r.example.com/b",
        "https://r.example.com:444/b",
        "https://r.example/b",
    )
    for other in others:
        assert redirected(ASKED, other, other_hosts=True).headers == {"accept": "x"}
    back = redirected(redirected(ASKED, others[0], other_hosts=True), ASKED.url, other_hosts=True)
    assert back.headers == {"accept": "x"}
    with pytest.raises(Garbage, match=r"cdn\.example\.com") as caught:
        redirected(ASKED, "https://cdn.example.com/b?signature=abc", other_hosts=False)
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_redirect_changes_the_method(method: str, status: int) -> None:
    """Also 303, which makes a GET of other methods."""
    request = Request(method, ASKED.url, ASKED.headers, None, 10)
    target = redirect_target(request, Answer(status, {"location": "/b"}, b"", ASKED.url))
    assert target == "https://r.example.com/b"

    assert redirected(request, target, other_hosts=True) == Request(method, target, ASKED.headers, None, 10)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/v2/b", "https://r.example.com/v2/b"),
        ("b?c=d", "https://r.example.com/v2/b?c=d"),
        ("?c=d", "https://r.example.com/v2/a?c=d"),
        ("//cdn.example.com/b", "https://cdn.example.com/b"),
        ("https://cdn.example.com/b", "https://cdn.example.com/b"),
        ("http://cdn.example.com/b", "http://cdn.example.com/b"),
        ("", None),
    ],
)
def test_a_location_may_be_absolute_or_relative(location: str, target: str | None) -> None:
    """Whether the target may be reached by its scheme is decided when it is requested."""
    assert redirect_target(ASKED, Answer(307, {"location": location}, b"", ASKED.url)) == target


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://user:word@cdn.example.com/b", "an address with a user or password"),
        ("//user@cdn.example.com/b", "an address with a user or password"),
        ("https://r.example.com@evil.example.com/b", "an address with a user or password"),
        ("ftp://cdn.example.com/b", "an address by ftp"),
        ("file:///etc/passwd", "an address by file"),
        ("javascript:alert(1)", "an address by javascript"),
        ("gopher://cdn.example.com/_GET", "an address by gopher"),
    ],
)
def test_addresses_with_credentials_or_by_other_protocols_are_not_followed(location: str, words: str) -> None:
    """Neither is repeated in the message."""
    with pytest.raises(Garbage, match=f"was redirected to {words}, which is not followed") as caught:
        redirect_target(ASKED, Answer(302, {"location": location}, b"", ASKED.url))
    assert "word@" not in str(caught.value)


@pytest.mark.parametrize("location", ["http://[", "//[::1", "https://[x]/", "https://a\N{ACCOUNT OF}b/"])
def test_a_location_that_is_not_an_address_is_garbage(location: str) -> None:
    """The message names the host that sent the redirect."""
    with pytest.raises(Garbage, match=r"r\.example\.com/v2/a was redirected to an invalid address"):
        redirect_target(ASKED, Answer(302, {"location": location}, b"", ASKED.url))
