"""Tests of the commands by which people ask for rebuilds, holds and skipped digests."""

import json
import os
from pathlib import Path

import pytest

from catalog.reference import Digest
from provider.__main__ import main
from provider.composition.parts import Parts
from provider.config_repo.repository.lock import CheckoutLock
from provider.operation_ports import AuditFilter
from provider.settings import read_settings
from provider.sources.router import Sources
from provider.store.operations.audit import SqlAuditLog
from provider.store.operations.person_requests import SqlPersonRequests
from proxy.errors import NoSuchFile
from tests.peers.images import push
from tests.peers.registry import DockerRegistry
from tests.provider.config_repo.repositories import Remote

Captured = pytest.CaptureFixture[str]
BECAUSE = ("--reason", "release freeze")


@pytest.fixture(name="base")
def enrolled_images(
    tmp_path: Path, registry: DockerRegistry, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> Digest:
    """An image without a workflow on a base image, checked once; the digest of the base."""
    digests = [push(f"http://{registry.host}", f"team/{name}", ["latest"]).digest for name in ("app", "base")]
    source = f"{{provider: github, repo: acme/app, baseImages: ['{registry.host}/team/base:latest']}}"
    entry = f"- name: app\n  registry: {registry.host}\n  repository: team/app\n  source: {source}\n"
    remote = Remote.make(tmp_path / "remote.git", {"images.yaml": entry})
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_REPO", str(remote.folder))
    monkeypatch.setenv("IMAGE_FACTORY_INSECURE_REGISTRIES", registry.host)
    monkeypatch.setattr("getpass.getuser", lambda: "jane")
    # The source has no Dockerfile; the entry names the base image.
    monkeypatch.setattr(
        Sources, "files", lambda _self, _source, paths: {path: NoSuchFile(f"no {path}") for path in paths}
    )
    monkeypatch.setattr(Sources, "together", lambda self, _sources: self)
    assert main(["check"]) == 0
    capsys.readouterr()
    return Digest(digests[1])


def shown(capsys: Captured) -> dict[str, object]:
    """The image as `status` has it."""
    capsys.readouterr()
    assert main(["status", "app", "--format", "json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def audited() -> list[tuple[str, str, str, str]]:
    """Who did what, with which outcome, and why; the first act first."""
    with Parts.open(read_settings(os.environ)) as parts:
        records = list(SqlAuditLog(parts.engine).every_record(AuditFilter()))
    return [(each.caller, each.action, each.outcome, each.reason) for each in reversed(records)]


@pytest.mark.usefixtures("base")
def test_without_a_service_a_hold_is_carried_out_at_once(capsys: Captured) -> None:
    """The status shows it, and a release ends it; each is in the audit."""
    assert main(["hold", "app", *BECAUSE, "--until", "2199-12-05"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("app will not be rebuilt automatically until 5 Dec 2199.\napp: ")
    assert "on hold by cli:jane until 5 Dec 2199: release freeze" in out
    hold = shown(capsys)["hold"]
    assert isinstance(hold, dict)
    assert (hold["by"], hold["reason"], hold["until"]) == ("cli:jane", "release freeze", "2199-12-05T00:00:00Z")

    assert main(["release", "app"]) == 0
    assert shown(capsys)["hold"] is None
    assert main(["release", "app"]) == 1
    assert capsys.readouterr().err == "app is not on hold.\n"
    assert audited() == [
        ("cli:jane", "hold", "done", "release freeze"),
        ("cli:jane", "release", "done", ""),
        ("cli:jane", "release", "refused", ""),
    ]


def test_a_digest_is_skipped_by_its_beginning(base: Digest, capsys: Captured) -> None:
    """A beginning that no digest of the image's base images has is refused."""
    assert main(["skip", "app", base[7:19], *BECAUSE]) == 0
    assert f"app will not be built on {base}." in capsys.readouterr().out
    assert main(["unskip", "app", base]) == 0
    assert shown(capsys)["skips"] == []
    assert main(["skip", "app", "0000000", *BECAUSE]) == 1
    assert capsys.readouterr().err == (
        "app: no digest of its base images begins with sha256:0000000; write the whole digest\n"
    )


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rebuild", "app", *BECAUSE), "app cannot be rebuilt: the enrollment names no workflow."),
        (
            ("rebuild", "app", *BECAUSE, "--emergency"),
            "None of the images can be rebuilt. app: the enrollment names no workflow.",
        ),
        (("rebuild", "none", *BECAUSE), "none: no such image; 'image-factory status' lists all images"),
        (("impact", "none"), "none: no such image; 'image-factory status' lists all images"),
    ],
)
def test_what_cannot_be_done_says_why(arguments: tuple[str, ...], message: str, capsys: Captured) -> None:
    """The exit code is 1."""
    assert main(list(arguments)) == 1
    assert capsys.readouterr().err == f"{message}\n"


@pytest.mark.usefixtures("base")
def test_the_impact_says_why_an_image_is_not_rebuilt(capsys: Captured) -> None:
    """Automatically, and in an emergency; nothing is built from the image itself."""
    (name,) = [found for found in _names(capsys) if found != "app"]
    assert main(["impact", name]) == 0
    why = "app will not be built automatically: the enrollment names no workflow"
    assert capsys.readouterr().out.split(None, 1) == ["app", f"not rebuilt              {why}\n"]
    assert main(["impact", name, "--emergency", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["reason"] == "app cannot be built: the enrollment names no workflow"
    assert main(["impact", "app"]) == 0
    assert capsys.readouterr().out == "nothing is built from app\n"


def _names(capsys: Captured) -> list[str]:
    capsys.readouterr()
    assert main(["status", "--format", "json"]) == 0
    return [image["name"] for image in json.loads(capsys.readouterr().out)]


@pytest.mark.usefixtures("base")
def test_beside_a_service_the_request_is_left_to_it(workplace: Path, capsys: Captured) -> None:
    """It is open in the queue; the service that holds the checkout carries it out."""
    lock = CheckoutLock.take(workplace / "data/config")
    try:
        assert main(["hold", "app", *BECAUSE]) == 0
    finally:
        lock.release()
    held = "app will not be rebuilt automatically until somebody releases it."
    assert capsys.readouterr().out == f"{held} The running service does it within seconds.\n"
    with Parts.open(read_settings(os.environ)) as parts:
        (request,) = SqlPersonRequests(parts.engine).open()
    assert (request.name, request.requested_by, request.reason) == ("app", "cli:jane", "release freeze")


@pytest.mark.parametrize(
    "arguments",
    [
        ("rebuild", "app"),
        ("rebuild", "app", "--reason", " "),
        ("rebuild", "app", "--reason", "x" * 501),
        ("rebuild", "app", *BECAUSE, "--cve", "CVE-1"),
        ("rebuild", "app", *BECAUSE, "--until", "yesterday"),
        ("rebuild", "app", *BECAUSE, "--until", "2020-01-01"),
        ("rebuild", "app", *BECAUSE, "--until", "2199-01-01T00:00:00"),
        ("rebuild", "app", *BECAUSE, "--cve", "CVE-2026-12345\n"),
        ("rebuild", "app", *BECAUSE, "--until", "2199-01-01"),
        ("rebuild", "app", *BECAUSE, "--built-from", f"sha256:{'a' * 64}"),
        ("impact", "app", "--built-from", f"sha256:{'a' * 64}"),
        ("rebuild", "app", *BECAUSE, "--emergency", "--built-from", "sha256:1"),
        ("skip", "app", *BECAUSE),
        ("skip", "app", "abc", *BECAUSE),
        ("skip", "app", "sha512:abcdef0123", *BECAUSE),
    ],
)
def test_bad_usage_is_2(arguments: tuple[str, ...], capsys: Captured) -> None:
    """Before anything is opened; options that would have no effect are bad usage too."""
    with pytest.raises(SystemExit, match=r"^2$"):
        main(list(arguments))
    assert "error: " in capsys.readouterr().err
