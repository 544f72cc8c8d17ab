"""Registries whose clock is wrong, with all parts of a process."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from catalog.reference import ImageReference
from provider.domain.times.wrong_clocks import MOST_SKEW
from tests.peers.exchange import Answer, Request
from tests.peers.process import LOOPBACK
from tests.provider.composition.checking import Service
from tests.proxy.registries.token_registry import FOUND
from tests.proxy.scripted import ScriptedHost


def dated(off: timedelta) -> Callable[[Request], Answer]:
    """A registry whose clock is off by this much."""

    def answer(_: Request) -> Answer:
        date = format_datetime(datetime.now(UTC) + off, usegmt=True)
        return Answer(FOUND.status, FOUND.body, (*FOUND.headers, ("Date", date)))

    return answer


@pytest.mark.parametrize(
    "off", [timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=-7), timedelta(days=-20_000)]
)
def test_one_wrong_clock_stops_nothing_beside_another_host(off: timedelta, tmp_path: Path) -> None:
    """Alone it is named; any other host of this process decides, here another registry."""
    with (
        ScriptedHost(dated(off)) as wrong,
        ScriptedHost(dated(timedelta())) as right,
        Service(tmp_path, {"INSECURE_HOSTS": LOOPBACK}).parts() as parts,
    ):
        parts.registries.digest(ImageReference(wrong.host, "team/app", "1"))
        alone = parts.transport.clock_skew()
        assert alone
        assert abs(alone.by) > MOST_SKEW
        assert str(alone).endswith(f"off that of {wrong.host}, the only host that can be compared")

        parts.registries.digest(ImageReference(right.host, "team/app", "1"))
        found = parts.transport.clock_skew()
        assert found
        assert abs(found.by) < timedelta(minutes=1)
        assert found.hosts == (right.host,)
