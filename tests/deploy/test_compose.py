"""The compose file is valid, confines what it runs, and its example settings are understood."""

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from provider.commands.parser import parser
from provider.settings import read_settings

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
EXAMPLE = DEPLOY / "image-factory.env.example"
DOCUMENT: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = DOCUMENT["services"]


def _refusal(file: Path) -> str:
    """What is wrong with a file by the schema of the compose specification, which check-jsonschema contains."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _made(folder: Path) -> dict[str, str]:
    subprocess.run(["bash", DEPLOY / "secrets.sh", folder], check=True, capture_output=True)
    return {file.name: file.read_text("utf-8").strip() for file in folder.iterdir()}


def test_the_compose_file_follows_the_specification() -> None:
    """It is valid by the JSON schema of the compose specification."""
    assert _refusal(COMPOSE) == ""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("read_only:", "readonly:"),
        ("healthcheck:", "health_check:"),
        ("condition: service_healthy", "conditions: service_healthy"),
        ("mem_limit: 512m", "mem_limit: [512m]"),
    ],
)
def test_a_misspelt_key_is_noticed(right: str, wrong: str, tmp_path: Path) -> None:
    """The schema knows all keys, so the previous test says something."""
    file = tmp_path / "compose.yaml"
    file.write_text(COMPOSE.read_text("utf-8").replace(right, wrong), encoding="utf-8")

    assert wrong.partition(":")[0] in _refusal(file)


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_confined(name: str) -> None:
    """Read-only, without capabilities and new privileges, limited, and started again after it ended."""
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert re.fullmatch(r"\d+m", service["mem_limit"])
    assert service["pids_limit"] > 0
    assert not service.keys() & {"network_mode", "pid", "ipc", "userns_mode", "devices"}


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_that_can_be_asked_has_a_health_check(name: str) -> None:
    """Only the worker serves nothing, so the check of its image is switched off."""
    check = SERVICES[name]["healthcheck"]

    assert (check == {"disable": True}) == (name == "worker")
    assert check.get("test", ["CMD"])[0] == "CMD"


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_from_files(name: str) -> None:
    """No variable has a secret as its value; each file that one names is mounted, from a file of this machine."""
    service = SERVICES[name]
    files = {key: value for key, value in service.get("environment", {}).items() if key.endswith("_FILE")}
    secrets = service.get("secrets", [])

    assert {Path(value).name for value in files.values()} == set(secrets)
    assert not [key for key in service.get("environment", {}) if re.search(r"(TOKENS?|PASSWORD|KEY|URL)$", key)]
    assert all(DOCUMENT["secrets"][secret].keys() == {"file"} for secret in secrets)


def test_only_this_machine_is_listened_on_by_default() -> None:
    """A reverse proxy with TLS goes before it; PostgreSQL has no port at all, and no way out."""
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports
    assert all("127.0.0.1:" in port for port in ports)
    assert SERVICES["postgres"]["networks"] == ["database"]
    assert DOCUMENT["networks"]["database"] == {"internal": True}


@pytest.mark.parametrize("name", ["web", "worker"])
def test_the_command_exists(name: str) -> None:
    """The command line of the service accepts it."""
    options = parser().parse_args(SERVICES[name]["command"])

    assert options.command == {"web": "serve"}.get(name, name)
    assert getattr(options, "no_worker", True)


def test_the_registry_starts_only_for_trying() -> None:
    """It has a profile; everything else starts without one."""
    assert [name for name, service in SERVICES.items() if service.get("profiles")] == ["registry"]


def test_every_volume_and_secret_that_is_used_is_declared() -> None:
    """Compose refuses a file that uses others."""
    volumes = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    secrets = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}

    assert volumes == DOCUMENT["volumes"].keys()
    assert secrets <= DOCUMENT["secrets"].keys()


def test_the_secrets_that_are_needed_are_made(tmp_path: Path) -> None:
    """One command makes those that each service loads; the database's address has the password of the database."""
    made = _made(tmp_path / "secrets")

    assert made.keys() == {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert f":{made['database_password']}@postgres/" in made["database_url"]
    assert len({*made.values()}) == len(made)
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_a_secret_that_exists_stays(tmp_path: Path) -> None:
    """The second run changes nothing, and one of your own is kept."""
    tmp_path.joinpath("database_password").write_text("of-my-own\n", encoding="utf-8")
    first = _made(tmp_path)

    assert "of-my-own" in first["database_url"]
    assert _made(tmp_path) == first


@pytest.mark.parametrize("named", [True, False], ids=["every example line", "as it is"])
def test_the_example_settings_are_understood(named: bool, tmp_path: Path) -> None:
    """The service accepts the file as it is, with the secrets of the compose file, and each commented example in it."""
    _made(tmp_path)
    text = re.sub(r"(?m)^#(?=IMAGE_FACTORY_)", "", EXAMPLE.read_text("utf-8")) if named else EXAMPLE.read_text("utf-8")
    lines = [line.partition("=") for line in text.splitlines() if line and not line.startswith("#")]
    settings = {name: value for name, _, value in lines} | SERVICES["web"]["environment"]
    for declared in DOCUMENT["secrets"]:
        file = tmp_path / declared
        if not file.exists():
            file.write_text("{}" if declared == "registry_auth" else f"an-example-of-{declared}", encoding="utf-8")

    read = read_settings({name: value.replace("/run/secrets", str(tmp_path)) for name, value in settings.items()})

    assert read.authenticated
    assert read.secret_key is not None
    assert read.database_url.startswith("postgresql+psycopg://image_factory:")
    assert (read.config_repo is not None) == named


def test_each_secret_that_the_example_names_is_declared() -> None:
    """Whoever activates a line finds its file in the compose file."""
    named = set(re.findall(r"=/run/secrets/(\w+)", EXAMPLE.read_text("utf-8")))

    assert named
    assert named <= DOCUMENT["secrets"].keys()
