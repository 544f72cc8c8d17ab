"""The release tracker cannot reach the private network: tested with the real sources of the service."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provider.composition.parts import Parts
from provider.composition.tracker import tracker_use_cases
from provider.settings import read_settings
from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.services.editing import RepositoryRequest
from provider.tracker.services.transferring import ImportFormat
from provider.tracker.services.use_cases import TrackerUseCases
from proxy.errors import AddressRefused, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from tests.peers.github.server import GitHub
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Clock

# Nothing listens there, so an allowed request is refused the connection.
CLOSED = "127.0.0.1:1"
WRITTEN = {RepositoryType.GIT: "https://{}/team/app.git", RepositoryType.CONTAINER: "{}/team/app"}
HOSTS = {
    "10.0.0.7": "10.0.0.7",
    "169.254.169.254": "169.254.169.254",
    "localhost:8443": "127.0.0.1",
    "127.0.0.1.names.example": "127.0.0.1",
    "metadata.example": "169.254.169.254",
    "six.example": "::1",
    "mapped.example": "::ffff:10.0.0.7",
    "2130706433.example": "192.168.1.1",
}


@dataclass(slots=True)
class Names:
    """A resolver in place of the system's; a name that is not in it does not resolve.

    Attributes:
        asked: every name, in order.
    """

    known: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, name: str, _: int) -> Sequence[str]:
        """The addresses of a name."""
        self.asked.append(name)
        if name not in self.known:
            raise OSError("Name or service not known")
        return [self.known[name]]


@pytest.fixture(name="names")
def made_names() -> Names:
    """Every name has a private address."""
    return Names({host.partition(":")[0]: address for host, address in HOSTS.items()})


MakeTracker = Callable[..., TrackerUseCases]


@pytest.fixture(name="tracker")
def made_tracker(tmp_path: Path, names: Names) -> Iterator[MakeTracker]:
    """Makes the use cases of the service with an empty database; they may ask these private hosts."""
    with ExitStack() as ends:

        def make(*listed: str, github: str = f"http://{CLOSED}") -> TrackerUseCases:
            environ = {
                "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}",
                "IMAGE_FACTORY_GITHUB_API_URL": github,
            }
            settings, clock = read_settings(environ), Clock()
            parts = ends.enter_context(Parts.open(settings))
            policy = AddressPolicy(listed, settings.http_hosts, names)
            parts.transport = Transport(policy, now=clock.now, sleep=clock.sleep)
            return tracker_use_cases(parts)

        yield make


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("kind", WRITTEN)
def test_tracker_private_addresses_are_refused_when_added_and_when_polled(
    tracker: MakeTracker, kind: RepositoryType, host: str
) -> None:
    """This holds for numbers and names, and for unchecked additions; each poll of an imported address is refused."""
    parts, url = tracker(), WRITTEN[kind].format(host)
    for unchecked in (False, True):
        with pytest.raises(AddressRefused, match=r"not a public address.*IMAGE_FACTORY_PRIVATE_HOSTS"):
            parts.editing.add(RepositoryRequest(url, kind), unchecked=unchecked)
    assert list(parts.store.everything()) == []

    parts.transferring.import_text(f"url,type\n{url},{kind}\n", ImportFormat.CSV)
    with pytest.raises(AddressRefused):
        parts.poller.poll_one(1)
    kept = parts.store.get(1)
    assert kept.last_polled is None
    assert kept.error
    assert "not a public address" in kept.error.message


@pytest.mark.parametrize("kind", WRITTEN)
def test_tracker_a_name_that_resolves_to_a_private_address_later_is_refused_then(
    tracker: MakeTracker, names: Names, kind: RepositoryType
) -> None:
    """It did not resolve when it was added unchecked; every poll checks it again."""
    parts = tracker()
    number = parts.editing.add(RepositoryRequest(WRITTEN[kind].format("later.example"), kind), unchecked=True)[0].id
    names.known["later.example"] = "10.0.0.7"

    with pytest.raises(AddressRefused):
        parts.poller.poll_one(number)


@pytest.mark.parametrize("kind", WRITTEN)
def test_tracker_a_listed_host_is_asked(tracker: MakeTracker, names: Names, kind: RepositoryType) -> None:
    """It is asked by the name in the setting, and by no other name of the same address."""
    names.known |= {"inner.example": "127.0.0.1", "other.example": "127.0.0.1"}
    parts = tracker("inner.example")

    with pytest.raises(Unavailable):
        parts.editing.add(RepositoryRequest(WRITTEN[kind].format("inner.example:1"), kind))
    with pytest.raises(AddressRefused):
        parts.editing.add(RepositoryRequest(WRITTEN[kind].format("other.example:1"), kind))


def test_tracker_an_address_of_type_github_is_asked_only_at_githubs_api(
    tracker: MakeTracker, names: Names, github: GitHub
) -> None:
    """The host in the address is not even resolved."""
    names.known[LOOPBACK] = LOOPBACK
    github.add_repository("team/app", {"README.md": "# App\n"})
    github.add_release("team/app", "1.0.0")
    parts = tracker(github=github.url)
    url = "http://169.254.169.254/team/app"

    parts.editing.add(RepositoryRequest(url, RepositoryType.GITHUB))

    assert parse_address(url, RepositoryType.GITHUB).host is None
    # The first one is asked for the id, by which a rename is recognized.
    assert {asked.path for asked in github.log} == {
        "/repos/team/app",
        "/repos/team/app/releases",
        "/repos/team/app/tags",
    }
    assert set(names.asked) == {LOOPBACK}
