"""The build system of a request."""

from typing import get_args

import pytest

from provider.builds.router import BuildSystems
from provider.builds.table import BUILD_SYSTEMS
from provider.domain.build_request import StartedBuild
from provider.domain.enrollment import BuildSystem as SystemName
from proxy.errors import NotConfigured
from tests.fakes.build_system import FakeBuildSystem
from tests.provider.builds.samples import NOW, request


def test_a_request_goes_to_the_system_it_names() -> None:
    """This holds for every method."""
    fake = FakeBuildSystem()
    systems = BuildSystems([fake])

    run_id = systems.dispatch(request()).run_id or ""

    assert fake.dispatches == [request()]
    assert systems.find(request()) == fake.run(request(), run_id)
    assert systems.runs([StartedBuild(request(), run_id, NOW)]) == {"r-1": fake.run(request(), run_id)}
    assert systems.group(request()) == fake.group(request())
    assert systems.shows_ids(request())
    assert systems.describe(request()) == fake.describe(request())


def test_a_system_that_is_not_configured_is_refused() -> None:
    """It is supported, but the settings have no credentials for it."""
    with pytest.raises(NotConfigured, match="github-actions has no credentials"):
        BuildSystems([]).dispatch(request())
    assert BuildSystems([]).group(request()).name == request().rebuild_id


def test_every_system_that_an_enrollment_can_name_is_supported() -> None:
    """Each word of `build.system` has its line in the table."""
    assert {kind.system for kind in BUILD_SYSTEMS} == set(get_args(SystemName))
