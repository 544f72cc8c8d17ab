"""Checks of this machine: the data folder, its space, and git."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator

from provider.composition.diagnosis.finding import Diagnosis, fails, works
from provider.composition.own_files import data_folder
from provider.git.identity import CommitIdentity
from provider.settings import Settings

_LEAST_FREE_BYTES = 500 * 1024 * 1024
_GIT_SECONDS = 10


def data_folder_findings(settings: Settings) -> Iterator[Diagnosis]:
    """Whether the data folder can be written, belongs to this user, and has space."""
    folder = data_folder(settings).absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    found = there.stat()
    if not os.access(there, os.W_OK | os.X_OK):
        remedy = f"Give it to the user of the service: chown {os.geteuid()} {there}"
        yield fails("data folder", f"{there} cannot be written by this user (id {os.geteuid()})", remedy)
    elif there != folder:
        yield works("data folder", f"{folder} is made at the first start")
    elif found.st_uid != os.geteuid():
        remedy = f"Run this command as the user of the service, or give the folder to it: chown {os.geteuid()} {folder}"
        yield fails("data folder", f"{folder} belongs to the user id {found.st_uid}, not to {os.geteuid()}", remedy)
    elif found.st_mode & stat.S_IWOTH:
        yield fails("data folder", f"{folder} can be written by every user", f"Run chmod o-w {folder}")
    else:
        yield works("data folder", f"{folder}, mode {stat.S_IMODE(found.st_mode):04o}")
    free = shutil.disk_usage(there).free
    size = f"{free / 1024**3:.1f} GiB are free at {there}"
    if free < _LEAST_FREE_BYTES:
        yield fails("disk", size, "Free at least 500 MB: nothing can be decided or stored on a full disk.")
    else:
        yield works("disk", size)


def signing_finding(identity: CommitIdentity) -> Diagnosis:
    """Whether commits can be signed as the settings say."""
    if problem := identity.problem():
        remedy = "Correct the file or the setting: until then the config repository is not opened."
        return fails("signed commits", problem, remedy)
    if identity.signing_key is None:
        return works("signed commits", "no key is set, so commits are not signed")
    return works("signed commits", f"with {identity.signing_key}, as {identity.name} <{identity.email}>")


def git_finding() -> Diagnosis:
    """Whether git is there."""
    try:
        ran = subprocess.run(["git", "--version"], check=True, capture_output=True, text=True, timeout=_GIT_SECONDS)  # noqa: S607 - the git of the service
    except (OSError, subprocess.SubprocessError) as error:
        return fails("git", f"it cannot be run: {error}", "Install git 2.39 or later, and put it into PATH.")
    return works("git", ran.stdout.strip())
