"""The registry auth file as it is now: read again when it changes, so that rotated credentials need no restart."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from proxy.errors import InvalidSetting
from proxy.secrets.config_file import file_of, read_docker_config
from proxy.secrets.credentials import CredentialProblem
from proxy.secrets.docker_config import DockerConfig

LOOK_INTERVAL = timedelta(seconds=5)
"""How often the time of the file is checked while credentials are needed."""

_State = tuple[int, int, int]


class AuthFile:
    """A docker configuration that may change at any time. Safe to use from many threads.

    A file that can no longer be read, or is broken, leaves the last good content in force.

    Args:
        path: the file, or the folder of a mounted Secret; None: there is none.
        setting: the name of the setting that names it; None: the default, which need not exist.
        now: the time, in UTC.

    Raises:
        InvalidSetting: the file exists and cannot be read, or is not a docker configuration.
    """

    def __init__(self, path: Path | None, setting: str | None, now: Callable[[], datetime]) -> None:
        self._path = path
        self._setting = setting
        self._now = now
        self._lock = threading.Lock()
        self._state = self._look()
        self._config = read_docker_config(path)
        self._problem = self._absent() if self._state is None else None
        self._look_at = now() + LOOK_INTERVAL

    def current(self, *, at_once: bool = False) -> DockerConfig:
        """The configuration; the same object as long as the file does not change.

        Args:
            at_once: check the file even if it was checked a moment ago.
        """
        now = self._now()
        if at_once or now >= self._look_at:
            with self._lock:
                self._look_at = now + LOOK_INTERVAL
                self._refresh()
        return self._config

    def problems(self) -> list[CredentialProblem]:
        """Why the file, or its newest content, is not in use."""
        self.current()
        return [self._problem] if self._problem else []

    def _refresh(self) -> None:
        # Checked before it is read: a change in between is seen the next time.
        state = self._look()
        if state == self._state:
            return
        self._state = state
        if state is None:
            self._problem = self._absent()
            return
        try:
            self._config = read_docker_config(self._path)
            self._problem = None
        except InvalidSetting as error:
            self._problem = CredentialProblem(
                str(self._path),
                f"{error}; the credentials that it had before are still used",
                "Correct the file; it is read again by itself.",
            )

    def _look(self) -> _State | None:
        """What changes whenever the file does, also where Kubernetes replaces the folder behind a link."""
        try:
            found = file_of(self._path).stat() if self._path else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size, found.st_ino) if found else None

    def _absent(self) -> CredentialProblem | None:
        """The problem of a file that is not there: there was one, or a setting names it."""
        if self._setting is None and self._config == DockerConfig():
            return None
        why = f"{self._setting} names this file, and it" if self._setting else "this file"
        kept = "" if self._config == DockerConfig() else "; the credentials that it had before are still used"
        return CredentialProblem(
            str(self._path),
            f"{why} does not exist, or its folder cannot be read{kept}",
            "Mount or create the file, or correct the setting; it is read by itself as soon as it is there.",
        )
