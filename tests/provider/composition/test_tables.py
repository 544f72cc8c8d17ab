"""Every line of a table is used: composition makes one of each."""

from pathlib import Path

import pytest

from provider.builds.table import BUILD_SYSTEMS
from provider.composition.credentials.sources import CREDENTIAL_SOURCES
from provider.composition.tracker import release_sources
from provider.composition.worker import build_systems, sources
from provider.domain.enrollment import Build
from provider.sources.table import SOURCES
from provider.tracker.sources.table import RELEASE_SOURCES
from proxy.errors import Refused
from tests.provider.builds.samples import request
from tests.provider.composition.checking import Service
from tests.proxy.github.keys import private_pem

TOKEN = {"GITHUB_TOKEN": "ghp_x"}
OTHERS = {"GITLAB_TOKEN": "glpat-x", "WEBHOOK_SECRET": "a-secret-of-webhooks"}


@pytest.mark.parametrize(
    "credentials",
    [TOKEN, {"GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY": private_pem().reveal()}],
    ids=["token", "app"],
)
def test_every_build_system_with_credentials_is_in_use(credentials: dict[str, str], tmp_path: Path) -> None:
    """A request is sent to the build system that it names."""
    with Service(tmp_path, {**credentials, **OTHERS}).parts() as parts:
        of = build_systems(parts).of
        used = {type(of(request(build=Build(kind.system, workflow="build.yml")))) for kind in BUILD_SYSTEMS}

    assert used == set(BUILD_SYSTEMS)


def test_a_build_system_without_credentials_is_not_in_use(tmp_path: Path) -> None:
    """The message says that credentials are missing."""
    with Service(tmp_path, {}).parts() as parts, pytest.raises(Refused, match="has no credentials"):
        build_systems(parts).of(request())


def test_every_source_is_in_use(tmp_path: Path) -> None:
    """A source is read by the provider that its enrollment names."""
    with Service(tmp_path, TOKEN).parts() as parts:
        made = sources(parts)._sources

    assert {provider: type(source) for provider, source in made.items()} == {kind.provider: kind for kind in SOURCES}


def test_every_release_source_is_in_use(tmp_path: Path) -> None:
    """A repository is polled by the source of its type."""
    with Service(tmp_path, TOKEN).parts() as parts:
        made = release_sources(parts)

    assert {type(source) for source in made.values()} == set(RELEASE_SOURCES)
    assert all(source.type is repository_type for repository_type, source in made.items())


def test_every_source_of_credentials_is_in_use(tmp_path: Path) -> None:
    """The credentials of registries are asked from each of them."""
    with Service(tmp_path, TOKEN).parts() as parts:
        made = parts.registry_credentials._sources

    assert len(made) == len(CREDENTIAL_SOURCES)
    assert made[0].serves("ghcr.io")
