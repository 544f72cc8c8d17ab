"""Lets a process make traces, where the settings name a collector for them."""

from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec

from provider import PACKAGE
from provider.settings import Settings
from provider.settings.hosts import host_of
from proxy.http.addresses import split_host
from proxy.observing.event_log import EventLog
from proxy.observing.spans import use_tracer

_log = EventLog(__name__)


def begin_tracing(settings: Settings) -> Callable[[], None]:
    """Make traces from now on, if they are wanted; the function ends that and sends the last ones.

    Without the libraries the service works as well, so that is only logged.
    """
    if settings.traces is None:
        return _nothing
    if find_spec("opentelemetry.exporter") is None:
        _log.warning("traces_unavailable", "no traces are made: install image-factory[tracing]")
        return _nothing
    from provider.observing.tracing import Collector

    collector = Collector(settings.traces.service, version(PACKAGE), _own_hosts(settings))
    use_tracer(collector)

    def end() -> None:
        use_tracer(None)
        collector.close()

    return end


def _nothing() -> None:
    """Nothing was begun."""


def _own_hosts(settings: Settings) -> set[str]:
    """The names of hosts that are the organisation's: Backstage, and those with private addresses."""
    backstage = host_of(settings.backstage_url) if settings.backstage_url else None
    return {split_host(host)[0] for host in (*settings.private_hosts, *filter(None, (backstage,)))}
