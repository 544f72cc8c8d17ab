"""Addresses are shown without their secret parts."""

import logging

import pytest

from proxy.http.printable import keep_queries_out_of_logs, printable


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:word@host:5000/v2/a?sig=abc#x", "https://host:5000/v2/a"),
        ("https://host/", "https://host/"),
        ("https://user:word@[/v2/a", "an invalid address"),
    ],
)
def test_users_and_queries_are_left_out(url: str, shown: str) -> None:
    """A message shows scheme, host and path only."""
    assert printable(url) == shown


def test_urllib3_logs_no_queries(caplog: pytest.LogCaptureFixture) -> None:
    """The query of a path is removed, other arguments stay."""
    keep_queries_out_of_logs()
    keep_queries_out_of_logs()
    with caplog.at_level(logging.DEBUG, "urllib3.connectionpool"):
        logging.getLogger("urllib3.connectionpool").debug("%s %s %s", "why?", "/blob?signature=abc", 200)

    assert caplog.messages == ["why? /blob?... 200"]
