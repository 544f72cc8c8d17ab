"""Tests of the key that signs sessions."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provider.auth.secret_key import secret_key
from proxy.errors import InvalidSetting
from proxy.secrets.secret import Secret


def test_a_key_is_created_once_and_is_private(tmp_path: Path) -> None:
    """It is the same at every start, only its user can read the file, and no other file is left."""
    path = tmp_path / "data" / "secret-key"
    first = secret_key(None, path)
    assert secret_key(None, path).reveal() == first.reveal()
    assert len(first.reveal()) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret-key"]


def test_processes_that_start_together_have_the_same_key(tmp_path: Path) -> None:
    """With different keys, each process would end the sessions of the other."""
    with ThreadPoolExecutor(8) as pool:
        keys = pool.map(lambda _: secret_key(None, tmp_path / "secret-key").reveal(), range(32))
    assert len(set(keys)) == 1


def test_a_configured_key_is_used(tmp_path: Path) -> None:
    """No file is created."""
    assert secret_key(Secret("a long enough secret"), tmp_path / "secret-key").reveal() == "a long enough secret"
    assert list(tmp_path.iterdir()) == []


def test_an_invalid_key_is_refused(tmp_path: Path) -> None:
    """A key in the file that is too short, without repeating it, and a folder that is a file."""
    (tmp_path / "secret-key").write_text("hunter2")
    with pytest.raises(InvalidSetting, match="delete the file") as refused:
        secret_key(None, tmp_path / "secret-key")
    assert "hunter2" not in str(refused.value)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidSetting, match="set IMAGE_FACTORY_SECRET_KEY"):
        secret_key(None, tmp_path / "file" / "secret-key")
