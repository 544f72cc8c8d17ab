"""Which requests leave through a proxy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import InvalidSetting
from proxy.http.egress import Egress, ProxyAddress
from proxy.secrets.secret import Secret

PROXY = ProxyAddress("http", "proxy.example.com", 3128)
OTHER = ProxyAddress("https", "other.example.com", 443)


@pytest.mark.parametrize(
    ("text", "scheme", "host", "port", "login"),
    [
        ("http://proxy.example.com:3128", "http", "proxy.example.com", 3128, None),
        ("http://proxy.example.com/", "http", "proxy.example.com", 80, None),
        ("proxy.example.com:3128", "http", "proxy.example.com", 3128, None),
        ("https://proxy.example.com", "https", "proxy.example.com", 443, None),
        ("http://ci:pass%40word@10.0.0.1:8080", "http", "10.0.0.1", 8080, "ci:pass@word"),
        ("http://[fd00::1]:3128", "http", "fd00::1", 3128, None),
    ],
)
def test_the_address_of_a_proxy_is_read(text: str, scheme: str, host: str, port: int, login: str | None) -> None:
    """Scheme and port may be missing; the login may be percent-encoded."""
    found = ProxyAddress.parse(text)

    assert (found.scheme, found.host, found.port) == (scheme, host, port)
    assert found.login == (Secret(login) if login else None)
    assert "word" not in f"{found!r} {found.url}"


@pytest.mark.parametrize("text", ["http://", "http://u:secret@[", "http://a/secret", "http://a?secret", "http://a:no"])
def test_a_text_that_is_no_address_is_refused_and_not_repeated(text: str) -> None:
    """It may have a password."""
    with pytest.raises(InvalidSetting, match="write for example http:") as caught:
        ProxyAddress.parse(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "ftp"])
def test_other_protocols_are_refused(scheme: str) -> None:
    """The message has the protocol."""
    with pytest.raises(InvalidSetting, match=f"reached by {scheme} is not supported"):
        ProxyAddress.parse(f"{scheme}://user:secret@proxy.example.com:1080")


def test_the_setting_counts_before_the_environment() -> None:
    """It is for both schemes; NO_PROXY counts in both cases."""
    environ = {"HTTPS_PROXY": OTHER.url, "NO_PROXY": "near.example.com"}
    by_setting, by_environment = Egress.read(PROXY, environ), Egress.read(None, environ)

    assert by_setting.proxy_of("https", "far.example.com", 443) == PROXY
    assert by_setting.proxy_of("http", "far.example.com", 80) == PROXY
    assert by_environment.proxy_of("https", "far.example.com", 443) == OTHER
    assert by_environment.proxy_of("http", "far.example.com", 80) is None
    for egress in (by_setting, by_environment):
        assert egress.proxy_of("https", "near.example.com", 443) is None
        assert egress.proxy_of("ssh", "far.example.com", 22) is None


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_variables_count_in_both_cases(name: str) -> None:
    """ALL_PROXY is for what has no variable of its own."""
    assert Egress.read(None, {name: PROXY.url}).https == PROXY


def test_the_lower_case_is_preferred() -> None:
    """As curl and git do; an empty variable counts as not set."""
    assert Egress.read(None, {"https_proxy": PROXY.url, "HTTPS_PROXY": OTHER.url}).https == PROXY
    assert Egress.read(None, {"https_proxy": "", "HTTPS_PROXY": OTHER.url}).https == OTHER
    assert Egress.read(None, {"all_proxy": PROXY.url, "HTTPS_PROXY": OTHER.url}).https == OTHER
    assert not Egress.read(None, {})


def test_a_wrong_variable_is_named() -> None:
    """The message has its name, and not its value."""
    with pytest.raises(InvalidSetting, match=r"^HTTPS_PROXY: a proxy that is reached by socks5") as caught:
        Egress.read(None, {"HTTPS_PROXY": "socks5://ci:secret@proxy.example.com"})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "host", "port", "direct"),
    [
        ("example.com", "example.com", 443, True),
        ("example.com", "Registry.Example.com.", 443, True),
        ("example.com", "badexample.com", 443, False),
        (".example.com", "a.example.com", 443, True),
        (".example.com", "example.com", 443, False),
        ("*.example.com", "a.b.example.com", 443, True),
        ("example.com:5000", "example.com", 5000, True),
        ("example.com:5000", "example.com", 443, False),
        ("10.0.0.0/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "11.1.2.3", 443, False),
        ("10.0.0.0/8", "10.example.com", 443, False),
        ("10.1.2.3", "10.1.2.3", 443, True),
        ("10.1.2.3:5000", "10.1.2.3", 5000, True),
        ("fd00::/8", "fd00::1", 443, True),
        ("[fd00::1]:5000", "fd00::1", 5000, True),
        ("[fd00::1]", "fd00::1", 443, True),
        ("*", "example.com", 443, True),
    ],
)
def test_no_proxy_names_hosts(entry: str, host: str, port: int, direct: bool) -> None:
    """Names, the names below them, ports, addresses and ranges of them, as curl and Go read them."""
    egress = Egress.read(PROXY, {"NO_PROXY": f"unrelated.test, {entry} ,"})

    assert (egress.proxy_of("https", host, port) is None) is direct


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1", "169.254.169.254", "fe80::1"])
def test_what_is_near_is_asked_directly(host: str) -> None:
    """From the proxy these would be other hosts."""
    assert Egress.read(PROXY, {}).proxy_of("http", host, 80) is None


@given(st.text(max_size=30), st.text(max_size=20))
def test_any_list_of_hosts_is_read(text: str, host: str) -> None:
    """No entry makes a request fail."""
    Egress.read(PROXY, {"NO_PROXY": text}).proxy_of("https", host, 443)


def test_logins_are_secrets() -> None:
    """The whole login, and the password of it, are hidden."""
    proxy = ProxyAddress.parse("http://ci:password-of-the-proxy@proxy.example.com")
    found = Egress.read(proxy, {}).secrets

    assert set(found) == {Secret("ci:password-of-the-proxy"), Secret("password-of-the-proxy")}
    assert Egress.read(ProxyAddress.parse("http://ci@proxy.example.com"), {}).secrets == (Secret("ci"),)
    assert Egress.read(None, {}).secrets == ()
