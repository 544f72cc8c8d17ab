"""One request on its way."""

import pycurl
import pytest

from proxy.deadline import Deadline
from proxy.http.curl.failures import TransferFault
from proxy.http.curl.transfer import MOST_HEADER_BYTES, Route, Transfer
from proxy.http.exchange import Request
from tests.proxy.clocks import Clock


def begun(method: str, clock: Clock) -> Transfer:
    """A transfer that has 20 seconds."""
    request = Request(method, "https://a.test/", {}, None, 1000)
    return Transfer(request, Route(request.url, "a.test:443", ()), [], Deadline.after(20, clock.monotonic))


@pytest.mark.parametrize(("seconds", "late"), [(19.0, False), (20.0, True)])
def test_an_answer_that_is_too_long_after_the_deadline_is_late(seconds: float, late: bool, clock: Clock) -> None:
    """A host that drips reaches both limits; the time is the cause."""
    by_headers, by_body = begun("GET", clock), begun("GET", clock)
    clock.sleep(seconds)

    assert by_headers.header(b"x" * MOST_HEADER_BYTES) is None
    assert by_headers.header(b"x") == -1
    assert by_body.body(b"x" * 1000) is None
    assert by_body.body(b"x") == -1
    assert by_headers._fault is (TransferFault.LATE if late else TransferFault.LONG_HEADERS)
    assert by_body._fault is (TransferFault.LATE if late else TransferFault.LONG_BODY)


@pytest.mark.parametrize(("seconds", "fault"), [(19.0, TransferFault.LONG_HEADERS), (20.0, TransferFault.LATE)])
def test_more_headers_than_libcurl_takes_are_late_after_the_deadline(
    seconds: float, fault: TransferFault, clock: Clock
) -> None:
    """It takes 5,000 of them, or 300 kB (CURLE_TOO_LARGE)."""
    transfer, curl = begun("GET", clock), pycurl.Curl()
    transfer.about_to_send()
    clock.sleep(seconds)

    assert transfer.broken(curl, 100).fault is fault
    curl.close()


def test_what_changes_something_is_sent_once(clock: Clock) -> None:
    """Libcurl asks before each sending; what only reads may be sent again."""
    changing, reading = begun("POST", clock), begun("HEAD", clock)

    assert (changing.sent, changing.about_to_send(), changing.sent, changing.about_to_send()) == (False, 0, True, 1)
    assert [reading.about_to_send() for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("method", "fault", "sent"),
    [
        ("GET", TransferFault.NO_CONNECTION, False),
        ("POST", TransferFault.NO_CONNECTION, True),
        ("GET", TransferFault.BROKEN, True),
    ],
)
def test_reading_over_a_connection_that_had_ended_was_not_sent(
    method: str, fault: TransferFault, sent: bool, clock: Clock
) -> None:
    """The connection was used before and had ended, and there was no new one; a POST may have arrived."""
    transfer = begun(method, clock)
    transfer.about_to_send()

    assert transfer.failed(fault).sent is sent
