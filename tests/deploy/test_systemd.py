"""The units of systemd are valid and confine the service."""

import shutil
import subprocess
from pathlib import Path

import pytest

from provider.commands.parser import parser

SYSTEMD = Path(__file__).parents[2] / "deploy" / "systemd"
UNITS = ("image-factory.service", "image-factory-worker.service")
_PROGRAM = "/opt/image-factory/bin/image-factory"
# Of 100, where 0 is fully confined; "OK" ends at 20 (systemd-analyze(1), "security").
_MOST_EXPOSED = "15"


def _service(unit: str) -> list[tuple[str, str]]:
    lines = (SYSTEMD / unit).read_text("utf-8").partition("[Service]")[2].partition("[Install]")[0].splitlines()
    return [(key, value) for key, _, value in (line.partition("=") for line in lines if "=" in line and line[0] != "#")]


@pytest.fixture
def analyze() -> str:
    """systemd-analyze, which many machines without systemd have too."""
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not installed")
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_the_unit(unit: str, analyze: str, tmp_path: Path) -> None:
    """It reports nothing: no unknown key, no value that it cannot read."""
    done = _analyzed(analyze, unit, tmp_path, "verify", "--man=no")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("ProtectSystem=strict", "ProtectSystems=strict"),
        ("RestartSec=5s", "RestartSec=soon"),
        ("MemoryMax=1G", "MemoryMax=much"),
        ("[Service]", "[Services]"),
    ],
)
def test_a_mistake_in_a_unit_is_noticed(right: str, wrong: str, analyze: str, tmp_path: Path) -> None:
    """So the previous test says something."""
    done = _analyzed(analyze, UNITS[0], tmp_path, "verify", "--man=no", change=(right, wrong))

    assert done.stderr


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_the_unit_confined(unit: str, analyze: str, tmp_path: Path) -> None:
    """Its own measure of what a unit could reach is low."""
    done = _analyzed(analyze, unit, tmp_path, "security", "--offline=true", f"--threshold={_MOST_EXPOSED}")

    assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.parametrize("unit", UNITS)
def test_the_unit_writes_only_its_own_folder(unit: str) -> None:
    """Everything else is read-only, it gains no privileges, and secrets come as credentials."""
    service = _service(unit)

    assert set(service) >= {
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("StateDirectory", "image-factory"),
        ("WorkingDirectory", "%S/image-factory"),
        ("CapabilityBoundingSet", ""),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("User", "image-factory"),
        ("UMask", "0077"),
        ("EnvironmentFile", "-/etc/image-factory/image-factory.env"),
    }
    (credential,) = [value.partition(":") for key, value in service if key == "LoadCredential"]
    assert any(key == "Environment" and value.endswith(f"_FILE=%d/{credential[0]}") for key, value in service)


def test_both_units_are_confined_alike() -> None:
    """They differ in the command and in the secret that it cannot do without."""
    ours, other = (set(_service(unit)) for unit in UNITS)

    assert {key for key, _ in ours ^ other} == {"ExecStart", "LoadCredential", "Environment"}


@pytest.mark.parametrize(("unit", "command"), list(zip(UNITS, ("serve", "worker"), strict=True)))
def test_the_unit_runs_its_command(unit: str, command: str) -> None:
    """One runs the service with its worker, the other only a worker."""
    assert ("ExecStart", f"{_PROGRAM} {command}") in _service(unit)
    assert parser().parse_args([command]).command == command


def _analyzed(
    analyze: str, unit: str, folder: Path, *arguments: str, change: tuple[str, str] = ("", "")
) -> subprocess.CompletedProcess[str]:
    """What systemd-analyze says about the unit, whose program need not be installed here."""
    text = (SYSTEMD / unit).read_text("utf-8").replace(_PROGRAM, "/bin/true")
    copy = folder / unit
    copy.write_text(text.replace(*change) if change[0] else text, encoding="utf-8")
    return subprocess.run([analyze, *arguments, copy], capture_output=True, text=True, check=False)
