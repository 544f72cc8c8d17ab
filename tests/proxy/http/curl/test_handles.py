"""Handles of libcurl that serve one request after the other."""

import weakref
from collections.abc import Iterator

import pycurl
import pytest

from proxy.deadline import Deadline
from proxy.http.curl.handles import Handles
from proxy.http.curl.transfer import Route, Transfer
from proxy.http.egress import ProxyAddress
from proxy.http.exchange import Request
from proxy.http.trust import TrustedCertificates


@pytest.fixture
def handles() -> Iterator[Handles]:
    """Without any handle yet."""
    found = Handles(TrustedCertificates(None))
    yield found
    found.close()


def begun(
    method: str = "HEAD", host: str = "a.test:443", *, proxy: ProxyAddress | None = None, shares: bool = False
) -> Transfer:
    """A transfer to a host, with a header that is a secret."""
    request = Request(method, f"https://{host.partition(':')[0]}/v2/", {}, None, 1000)
    route = Route(request.url, host, ("192.0.2.1",), proxy, shares=shares)
    return Transfer(request, route, [b"authorization: Bearer secret"], Deadline.after(20))


def test_a_handle_serves_the_next_request_of_its_method_and_host(handles: Handles) -> None:
    """It is set for the other address and the other headers."""
    first, second = begun(), begun()
    handle = handles.take(first)
    handles.give_back(handle, complete=True)

    assert handles.take(second) is handle
    assert handle.transfer is second


@pytest.mark.parametrize(
    "other", [begun("GET"), begun(host="b.test:443"), begun(host="a.test:8443"), begun(shares=True)]
)
def test_a_handle_serves_no_other_use(handles: Handles, other: Transfer) -> None:
    """Options that are set once for a handle differ between these."""
    handle = handles.take(begun())
    handles.give_back(handle, complete=True)

    assert handles.take(other) is not handle


@pytest.mark.parametrize(
    ("transfer", "complete"),
    [
        (begun(), False),
        (begun("POST"), True),
        (begun("DELETE"), True),
        (begun(proxy=ProxyAddress("http", "proxy.test", 3128)), True),
    ],
)
def test_after_a_failure_a_change_or_a_proxy_a_handle_is_closed(
    handles: Handles, transfer: Transfer, complete: bool
) -> None:
    """What libcurl keeps of these in a handle is not for another request."""
    handle = handles.take(transfer)
    handles.give_back(handle, complete=complete)

    assert handles.take(transfer) is not handle
    with pytest.raises(pycurl.error):
        handle.curl.setopt(pycurl.URL, "https://a.test/")


def test_a_handle_that_waits_keeps_nothing_of_its_last_request(handles: Handles) -> None:
    """Its headers may be secrets, and its body large."""
    transfer = begun()
    gone = weakref.ref(transfer)
    handles.give_back(handles.take(transfer), complete=True)

    del transfer

    assert gone() is None


def test_not_all_handles_are_kept(handles: Handles) -> None:
    """After many requests at a time, 128 wait."""
    every = [handles.take(begun()) for _ in range(130)]
    for handle in every:
        handles.give_back(handle, complete=True)

    again = {id(handles.take(begun())) for _ in range(130)}

    assert len(again & {id(handle) for handle in every[:128]}) == 128


def test_close_closes_the_handles_that_wait(handles: Handles) -> None:
    """A handle that is taken after that is a new one."""
    handle = handles.take(begun())
    handles.give_back(handle, complete=True)
    handles.close()

    assert handles.take(begun()) is not handle
    with pytest.raises(pycurl.error):
        handle.curl.setopt(pycurl.URL, "https://a.test/")
