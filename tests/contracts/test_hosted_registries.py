"""Hosted registries and common products: an image is read by the real name of its host, with what it asks for."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.reference import ImageReference
from provider.composition.parts import Parts
from provider.composition.web import _upstreams
from proxy.errors import Refused
from proxy.github.container_credentials import _USER as GITHUB_USER
from proxy.version_types import VersionQuery
from tests.contracts.hosted_registries import (
    DIALECTS,
    PASSWORD,
    PRIVATE,
    PUBLIC,
    TAGS,
    Dialect,
    HostedRegistry,
    auth_file,
    helper_file,
)
from tests.peers.exchange import Answer, Request
from tests.peers.internet import internet
from tests.peers.loopback import Respond
from tests.provider.composition.checking import Service
from tests.proxy.versions.settling import whole_page

HELPER = """#!/bin/sh
read server
printf '{{"ServerURL": "%s", "Username": "{user}", "Secret": "%s"}}' "$server" "$HELPER_SECRET"
"""


@pytest.fixture
def hosted(request: pytest.FixtureRequest) -> HostedRegistry:
    """The registry of a dialect."""
    return HostedRegistry(request.param)


@pytest.fixture
def opened(hosted: HostedRegistry, tmp_path: Path) -> Iterator[Callable[[], Parts]]:
    """Opens the parts of a service that reaches this registry, with the auth file of that moment."""
    made: list[Parts] = []
    with internet(dict.fromkeys(hosted.hosts, hosted.answer), tmp_path) as settings:

        def open_parts() -> Parts:
            parts = Service(tmp_path, {**settings, **hosted.dialect.variables}).parts()
            parts.transport.sleep = lambda _: None
            made.append(parts)
            return parts

        yield open_parts
        for parts in made:
            parts.close()


def is_read(parts: Parts, hosted: HostedRegistry, repository: str) -> None:
    """Digest, manifest, configuration and versions of an image."""
    image = ImageReference(hosted.dialect.host, repository, "1.0")
    assert parts.registries.digest(image) == hosted.digest
    assert list(parts.registries.tags(image)) == list(TAGS)
    # Whatever a list of tags asked for, manifests are still read.
    assert parts.registries.manifest(image).digest == hosted.digest
    assert parts.registries.labels(image) == {"made": "here"}
    page = whole_page(_upstreams(parts)[1].versions, image, VersionQuery(None, None, 1, 20, refresh=False))
    assert sorted(version.tag for version in page.items) == sorted(TAGS)
    assert {version.digest for version in page.items} == {hosted.digest}


def of(*, anonymous: bool | None = None, elsewhere: bool | None = None) -> pytest.MarkDecorator:
    """Each dialect that has public images, or wants credentials, or has its token server on another host."""
    found = [
        dialect
        for dialect in DIALECTS
        if anonymous in {None, dialect.anonymous} and elsewhere in {None, dialect.elsewhere}
        if anonymous or dialect.realm
    ]
    return pytest.mark.parametrize("hosted", found, indirect=True, ids=[dialect.host for dialect in found])


@of(anonymous=True)
def test_a_public_image_is_read_without_credentials(hosted: HostedRegistry, opened: Callable[[], Parts]) -> None:
    """A private one is refused."""
    parts = opened()
    is_read(parts, hosted, PUBLIC)

    with pytest.raises(Refused):
        parts.registries.digest(ImageReference(hosted.dialect.host, PRIVATE, "1.0"))


@of()
def test_a_private_image_is_read_with_the_auth_file(
    hosted: HostedRegistry, opened: Callable[[], Parts], tmp_path: Path
) -> None:
    """The password goes to the token server of the registry, and to no other host."""
    (tmp_path / "auth.json").write_text(auth_file(hosted.dialect), encoding="utf-8")

    is_read(opened(), hosted, PRIVATE)
    assert hosted.leaks == set()


@of()
def test_a_private_image_is_read_with_a_helper(
    hosted: HostedRegistry, opened: Callable[[], Parts], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The auth file only names the program that has the password."""
    program = tmp_path / "bin" / "docker-credential-test"
    program.parent.mkdir()
    program.write_text(HELPER.format(user=hosted.dialect.user), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HELPER_SECRET", PASSWORD)
    (tmp_path / "auth.json").write_text(helper_file(hosted.dialect, "test"), encoding="utf-8")

    is_read(opened(), hosted, PRIVATE)
    assert hosted.leaks == set()


@of(elsewhere=True)
def test_a_token_server_elsewhere_gets_the_credentials(
    hosted: HostedRegistry, opened: Callable[[], Parts], tmp_path: Path
) -> None:
    """It is in the built-in table, or in IMAGE_FACTORY_TRUSTED_REALMS."""
    (tmp_path / "auth.json").write_text(auth_file(hosted.dialect), encoding="utf-8")
    image = ImageReference(hosted.dialect.host, PRIVATE, "1.0")

    assert opened().registries.digest(image) == hosted.digest
    assert hosted.signed_in
    assert hosted.leaks == set()


def test_registry_k8s_io_leads_to_a_registry_of_google(tmp_path: Path) -> None:
    """It keeps nothing itself: manifests and lists of tags are at another host, which gets no credentials."""
    google = HostedRegistry(next(each for each in DIALECTS if each.host == "europe-docker.pkg.dev"))

    def lead(request: Request) -> Answer:
        if request.path == "/v2/":
            return Answer(200)
        return Answer(307, b"", (("Location", f"https://{google.dialect.host}{request.target}"),))

    hosts: dict[str, Respond] = {**dict.fromkeys(google.hosts, google.answer), "registry.k8s.io": lead}
    with internet(hosts, tmp_path) as settings, Service(tmp_path, settings).parts() as parts:
        (tmp_path / "auth.json").write_text(auth_file(Dialect("registry.k8s.io")), encoding="utf-8")
        image = ImageReference("registry.k8s.io", PUBLIC, "1.0")
        page = whole_page(_upstreams(parts)[1].versions, image, VersionQuery(None, None, 1, 20, refresh=False))

        assert parts.registries.digest(image) == google.digest
        assert parts.registries.labels(image) == {"made": "here"}
        assert {version.digest for version in page.items} == {google.digest}
    assert google.leaks == set()
    assert not google.signed_in


def test_ghcr_io_is_read_with_the_token_for_github(tmp_path: Path) -> None:
    """The auth file has nothing for it."""
    ghcr = HostedRegistry(replace(next(each for each in DIALECTS if each.host == "ghcr.io"), user=GITHUB_USER))
    with internet(dict.fromkeys(ghcr.hosts, ghcr.answer), tmp_path) as settings:
        variables = {**settings, "GITHUB_TOKEN": PASSWORD}
        with Service(tmp_path, variables).parts() as parts:
            is_read(parts, ghcr, PRIVATE)
    assert ghcr.leaks == set()
