"""How a secret is read from a setting."""

from pathlib import Path

import pytest

from proxy.errors import InvalidSetting
from proxy.secrets.reading import read_secret
from proxy.secrets.secret import Secret

TEXT = "hunter2-do-not-print"


def test_a_secret_comes_from_a_variable_or_a_file(tmp_path: Path) -> None:
    """NAME contains it, or NAME_FILE names a file, whose last line break is ignored."""
    file = tmp_path / "secret"
    file.write_text(f"{TEXT}\n")

    assert read_secret({"TOKEN": TEXT}, "TOKEN") == Secret(TEXT)
    assert read_secret({"TOKEN_FILE": str(file)}, "TOKEN") == Secret(TEXT)
    assert read_secret({"TOKEN": "", "TOKEN_FILE": ""}, "TOKEN") is None


def test_a_secret_that_is_set_twice_is_an_error(tmp_path: Path) -> None:
    """A value and a file at the same time are refused."""
    with pytest.raises(InvalidSetting, match="TOKEN and TOKEN_FILE") as caught:
        read_secret({"TOKEN": TEXT, "TOKEN_FILE": str(tmp_path)}, "TOKEN")
    assert TEXT not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe" + TEXT.encode("utf-16-le")])
def test_a_secret_file_that_cannot_be_used_names_the_variable(tmp_path: Path, content: bytes | None) -> None:
    """The message for a missing, empty or unreadable file names the variable and the path."""
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(InvalidSetting, match=f"TOKEN_FILE: {file}"):
        read_secret({"TOKEN_FILE": str(file)}, "TOKEN")
