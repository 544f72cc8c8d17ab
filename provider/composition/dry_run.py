"""Makes what a check without effect needs: a copy of the config repository and an empty database; both are deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from provider.builds.described_only import DescribedBuilds
from provider.composition.config_checkout import config_address
from provider.composition.parts import Parts
from provider.composition.worker import build_systems, round_of, snapshots_of
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.copying import copy_branches
from provider.services.round import Round
from provider.settings import Settings

_COPY = "copy.git"


def dry_settings(settings: Settings, folder: Path) -> Settings:
    """The settings with the database and the checkout in this folder."""
    return replace(settings, database_url=f"sqlite:///{folder}/image-factory.db", config_checkout=folder / "config")


@contextmanager
def open_dry_run(parts: Parts, settings: Settings, folder: Path) -> Iterator[tuple[Round, DescribedBuilds]]:
    """The steps of a round over a copy of the config repository, and what they would start.

    Args:
        parts: with `dry_settings`.
        settings: those of the service.
        folder: an empty folder of this process.

    Raises:
        CannotOpen, ProviderError, OutsideFailure, InvalidSetting: something cannot be read or used.
    """
    parts.check()
    with copied_repository(parts, settings, folder) as repository:
        builds = DescribedBuilds(build_systems(parts))
        yield round_of(parts, snapshots_of(parts, repository), builds), builds


@contextmanager
def copied_repository(parts: Parts, settings: Settings, folder: Path) -> Iterator[ConfigRepository]:
    """A copy of the config repository; an empty one where there is none yet.

    Args:
        parts: with `dry_settings`.
        settings: those of the service.
        folder: an empty folder of this process.

    Raises:
        CannotOpen, ProviderError, OutsideFailure, InvalidSetting: it cannot be read.
    """
    copy = folder / _COPY
    address = config_address(settings)
    if settings.config_repo or (Path(address) / "HEAD").is_file():
        copy_branches(
            address,
            copy,
            settings.config_branch,
            settings.config_token,
            parts.redactor,
            settings.http_hosts,
            parts.git_network,
        )
    repository = ConfigRepository.open(
        str(copy) if copy.is_dir() else None,
        checkout=parts.settings.config_checkout,
        branch=settings.config_branch,
        state_branch=settings.state_branch,
        redactor=parts.redactor,
    )
    try:
        yield repository
    finally:
        repository.close()
