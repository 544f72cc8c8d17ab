"""The config repository as a git bundle, where the service made it and no remote has another copy."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from provider.composition.config_checkout import web_checkout
from provider.config_repo.repository.lock import CheckoutLock
from provider.config_repo.repository.opening import bare_beside, make_bare
from provider.errors import CheckoutInUse
from provider.git.addresses import GitAddress
from provider.git.command import GitCommand
from provider.git.environment import git_environment
from provider.private_files import make_private_folder
from provider.settings import Settings
from provider.store.backups.archive import CONFIG_BUNDLE

Move = tuple[Path, Path]
"""Where something was, and where it is now."""


def only_copy(settings: Settings) -> Path | None:
    """The bare repository that the service made; None where a remote is configured, or nothing is in it."""
    if settings.config_repo:
        return None
    bare = bare_beside(settings.config_checkout.absolute())
    if not (bare / "HEAD").is_file() or not _git(bare).ask("for-each-ref", "--count=1").output:
        return None
    return bare


@contextmanager
def bundle_of(bare: Path, beside: Path) -> Iterator[Path]:
    """All branches as a bundle in a private folder beside a file; people and the service may push meanwhile.

    Raises:
        RepositoryBroken, CheckoutUnwritable: git cannot read the repository, or write the bundle.
    """
    with TemporaryDirectory(prefix=f".{beside.name}.", dir=beside.parent.absolute()) as folder:
        file = Path(folder, CONFIG_BUNDLE)
        _git(bare).run("bundle", "create", "-q", str(file), "--all", doing=f"save {bare}")
        yield file


@contextmanager
def unpacked(settings: Settings, bundle: Path) -> Iterator[Path]:
    """A bare repository with what the bundle has, in a folder beside its place; removed unless it was moved.

    Raises:
        RepositoryBroken, CheckoutUnwritable: the bundle cannot be used, or the folder not be written.
    """
    place = bare_beside(settings.config_checkout.absolute())
    make_private_folder(place.parent)
    with TemporaryDirectory(prefix=".config.git.", dir=place.parent) as folder:
        made = Path(folder, place.name)
        git = _git(made)
        make_bare(git, settings.config_branch)
        git.run("fetch", "-q", "--", str(bundle), "refs/*:refs/*", doing="read the config repository of the backup")
        git.run("fsck", "--connectivity-only", "--no-progress", doing="check the config repository of the backup")
        yield made


def put_into_place(settings: Settings, made: Path, now: datetime, moves: list[Move]) -> None:
    """Put the restored repository in its place, and what is there beside it, with the clones of it; nothing is deleted.

    Args:
        settings: name the place.
        made: the restored repository.
        now: for the names of what is moved away.
        moves: takes each move as soon as it was made; that of the restored repository comes last.
    """
    place = bare_beside(settings.config_checkout.absolute())
    checkouts = (settings.config_checkout.absolute(), web_checkout(settings).absolute())
    clones = (one.with_name(f"{one.name}{end}") for one in checkouts for end in ("", "-state"))
    for path in filter(Path.exists, (place, *clones)):
        _move(path, path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%S}"), moves)
    _move(made, place, moves)


def _move(source: Path, target: Path, moves: list[Move]) -> None:
    source.rename(target)
    moves.append((source, target))


def put_back(moves: Sequence[Move]) -> None:
    """Undo `put_into_place`."""
    for source, target in reversed(moves):
        target.rename(source)


@contextmanager
def locked_checkouts(settings: Settings) -> Iterator[None]:
    """Keep the worker and the web part from the config repository; both lock their checkouts while they run.

    Raises:
        CheckoutInUse: one of them runs.
    """
    locks: list[CheckoutLock] = []
    try:
        for checkout in (settings.config_checkout.absolute(), web_checkout(settings).absolute()):
            make_private_folder(checkout.parent)
            locks.append(CheckoutLock.take(checkout, wait_seconds=0, orphan_seconds=0))
        yield
    except CheckoutInUse as error:
        raise CheckoutInUse(f"{error}. Stop every 'image-factory serve' and 'image-factory worker' first") from error
    finally:
        for lock in locks:
            lock.release()


def _git(folder: Path) -> GitCommand:
    address = GitAddress.parse(str(folder.absolute()), ())
    return GitCommand(folder=folder, git_dir=folder, environment=git_environment(address, None, os.environ))
