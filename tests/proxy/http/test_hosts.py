"""What the transport knows of hosts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import AddressRefused
from proxy.http.addresses import AddressPolicy
from proxy.http.hosts import ADDRESSES_KEPT_SECONDS, KnownHosts

POLICY = AddressPolicy(insecure_registries=("plain.test",), resolver=lambda *_: ["93.184.215.14"])


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://a.test", "https://a.test/"),
        ("https://a.test:443/v2/?n=1#part", "https://a.test/v2/?n=1"),
        ("HTTPS://A.test.:8443/v2", "https://a.test:8443/v2"),
        ("http://plain.test:80/a", "http://plain.test/a"),
        ("https://[2001:DB8::1]:5000/a", "https://[2001:db8::1]:5000/a"),
        ("https://a.test?n=1", "https://a.test/?n=1"),
        ("https://a.test/a b/\N{LATIN SMALL LETTER A WITH DIAERESIS}?x=\"y\"", "https://a.test/a%20b/%C3%A4?x=%22y%22"),
        ("https://a.test/a%2fb/100%/%zz", "https://a.test/a%2fb/100%25/%25zz"),
        ("https://a.test/../a/./b", "https://a.test/../a/./b"),
        ("https://b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.test/", "https://xn--bcher-kva.test/"),
    ],
)  # fmt: skip
def test_addresses_are_sent_as_ascii(url: str, sent: str) -> None:
    """The host in lower case, the path as it is written, and what it must not have percent-encoded."""
    assert KnownHosts(4).of(url, POLICY)[1] == sent


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    """What is sent begins with the host that was checked."""
    for url in (text, f"https://{text}", f"https://a.test{text}"):
        try:
            host, sent = KnownHosts(4).of(url, POLICY)
        except AddressRefused:
            continue
        assert sent.isascii()
        assert sent.isprintable()
        assert sent.startswith(f"{host.root}/")
        assert " " not in sent


def test_one_host_is_one_however_it_is_written() -> None:
    """The same text is the same host, as long as the policy is the same."""
    hosts = KnownHosts(4)
    first, _ = hosts.of("https://a.test/1", POLICY)

    assert hosts.of("https://a.test/2", POLICY)[0] is first
    assert hosts.of("https://b.test/", POLICY)[0] is not first
    assert hosts.of("https://a.test/2", AddressPolicy())[0] is not first


def test_so_many_hosts_are_known() -> None:
    """The one that was learned first is forgotten."""
    hosts = KnownHosts(4)
    first, _ = hosts.of("https://0.test/", POLICY)
    for number in range(1, 257):
        hosts.of(f"https://{number}.test/", POLICY)

    assert len(hosts._known) == 256
    assert hosts.of("https://0.test/", POLICY)[0] is not first


def test_addresses_are_kept_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then, and after a failure to connect, the name is resolved and checked again."""
    answers = [["93.184.215.14"], ["93.184.215.15"], ["93.184.215.16"], ["10.0.0.1"]]
    at = [1000.0]
    monkeypatch.setattr("proxy.http.hosts.time.monotonic", lambda: at[0])
    policy = AddressPolicy(resolver=lambda *_: answers.pop(0))
    host, _ = KnownHosts(4).of("https://a.test/", policy)

    assert host.addresses() == host.addresses() == ("93.184.215.14",)
    at[0] += ADDRESSES_KEPT_SECONDS
    assert host.addresses() == ("93.184.215.15",)
    host.failed()
    assert host.addresses() == ("93.184.215.16",)
    host.failed()
    for _ in range(2):
        answers[:] = [["10.0.0.1"]]
        with pytest.raises(AddressRefused):
            host.addresses()


def test_of_many_addresses_four_are_tried() -> None:
    """A name with many that do not answer must not take all the time."""
    policy = AddressPolicy(resolver=lambda *_: [f"93.184.215.{number}" for number in range(1, 20)])

    assert len(KnownHosts(4).of("https://a.test/", policy)[0].addresses()) == 4
