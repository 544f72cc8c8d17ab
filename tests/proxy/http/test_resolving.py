"""Names are resolved within a time limit."""

import socket
import threading

import pytest

from proxy.errors import Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.resolving import SystemResolver, system_addresses


def test_the_system_knows_loopback() -> None:
    """Addresses come without duplicates."""
    assert system_addresses("127.0.0.1", 80) == ["127.0.0.1"]
    assert list(SystemResolver()("127.0.0.1", 80)) == ["127.0.0.1"]


def test_name_servers_that_do_not_answer_are_given_up() -> None:
    """The caller goes on; all who ask for the name share one thread, and other names are still resolved."""
    released, asked = threading.Event(), []

    def look_up(host: str, _: int) -> list[str]:
        asked.append(host)
        assert host == "other.test" or released.wait(60)
        return ["192.0.2.1"]

    resolver = SystemResolver(look_up, seconds=0.05)
    for _ in range(3):
        with pytest.raises(Unreachable, match=r"hangs\.test does not resolve: the name servers did not answer"):
            AddressPolicy(private_hosts=["hangs.test"], resolver=resolver).addresses("hangs.test", 443)
    assert asked == ["hangs.test"]
    assert list(SystemResolver(look_up)("other.test", 443)) == ["192.0.2.1"]
    released.set()


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), TimeoutError("no")])
def test_a_failure_reaches_the_caller(error: Exception) -> None:
    """A name that does not resolve fails as without a thread, and is asked for again the next time."""
    answers: list[Exception | list[str]] = [error, ["192.0.2.1"]]

    def look_up(_: str, __: int) -> list[str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    resolver = SystemResolver(look_up)
    with pytest.raises(type(error)) as caught:
        resolver("a.test", 443)
    assert caught.value is error
    assert list(resolver("a.test", 443)) == ["192.0.2.1"]


def test_only_so_many_names_hang_at_once() -> None:
    """A flood of names that hang costs a limited number of threads."""
    released = threading.Event()

    def look_up(_: str, __: int) -> list[str]:
        released.wait(60)
        return []

    resolver = SystemResolver(look_up, seconds=0.001)
    causes = []
    for number in range(70):
        with pytest.raises(OSError, match="the name servers") as caught:
            resolver(f"host{number}.test", 443)
        causes.append(str(caught.value))
    released.set()
    assert sum("64 other names" in cause for cause in causes) == 6
