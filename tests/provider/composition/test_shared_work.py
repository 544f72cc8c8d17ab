"""Two workers of one database share the checks: each asks the registry for its own part."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from provider.composition.running.sharing import leave, members_of
from provider.composition.worker import open_worker
from provider.services.sharing.members import Members
from provider.services.sharing.shares import MOST_NEW
from provider.services.worker import Worker
from tests.databases import KINDS, migrated_database
from tests.provider.composition.checking import Service
from tests.provider.config_repo.repositories import Remote
from tests.provider.services.good_registry import GoodRegistry

# More than a round does at once for others.
NAMES = [f"app-{number}" for number in range(3 * MOST_NEW)]


@dataclass(frozen=True, slots=True)
class Worked:
    """Two workers that have heard of each other, and their registry."""

    one: Worker
    two: Worker
    members: tuple[Members, Members]
    registry: GoodRegistry

    def asked(self) -> set[str]:
        """The images whose tag the registry was asked for since the last time."""
        asked = {request.target for request in self.registry.requests if request.target.endswith("/manifests/latest")}
        self.registry.requests.clear()
        return {target.split("/")[3] for target in asked}


@pytest.fixture(params=KINDS)
def worked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Worked]:
    """Many images are enrolled, and none was checked."""
    with migrated_database(request.param, tmp_path) as url, GoodRegistry() as registry, ExitStack() as stack:
        entry = "- name: {0}\n  registry: {1}\n  repository: team/{0}\n  platforms: [linux/amd64]\n"
        files = {"images.yaml": "".join(entry.format(name, registry.host) for name in NAMES)}
        remote = Remote.make(tmp_path / "remote.git", files)
        workers, members = [], []
        for name in ("one", "two"):
            variables = {
                "CONFIG_REPO": str(remote.folder),
                "CONFIG_CHECKOUT": str(tmp_path / name),
                "DATABASE_URL": url,
                "INSECURE_REGISTRIES": registry.host,
            }
            parts = stack.enter_context(Service(tmp_path, variables).parts())
            member = members_of(parts, name)
            workers.append(stack.enter_context(open_worker(parts, members=member)))
            stack.callback(leave, member)
            members.append(member)
        for member in (*members, *members):
            member.renew()
        yield Worked(workers[0], workers[1], (members[0], members[1]), registry)


def test_each_worker_checks_its_part(worked: Worked) -> None:
    """The one that does the round does its own part, and the other one helps with the rest."""
    worked.one.round()
    first = worked.asked()
    worked.two.pull()
    worked.two.help(look=False)
    second = worked.asked()
    assert first | second == set(NAMES)
    assert not first & second
    assert first
    assert second


def test_a_worker_that_leaves_leaves_its_part_to_the_other_one(worked: Worked) -> None:
    """The next turn of that one does it."""
    worked.one.round()
    first = worked.asked()
    leave(worked.members[1])
    worked.members[0].renew()
    worked.one.round()
    assert first | worked.asked() == set(NAMES)
