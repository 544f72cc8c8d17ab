"""Private images of the clouds' registries are read with the identity of the service."""

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proxy.errors import Refused, Unavailable
from tests.peers.cloud.names import set_identity
from tests.peers.cloud.worlds import World
from tests.provider.composition.cloud.services import opened
from tests.proxy.clocks import Clock


def test_a_private_image_is_read_with_the_identity(identified: World, tmp_path: Path) -> None:
    """Nothing names the registry but the enrollment; credentials are issued once for all requests."""
    with opened(identified, tmp_path) as parts:
        assert parts.registries.digest(identified.image) == identified.digest
        assert list(parts.registries.tags(identified.image)) == ["1"]
        assert parts.registry_credentials.problems() == []
    assert identified.calls() == 1


def test_many_who_ask_share_one_call(world: World, tmp_path: Path) -> None:
    """32 requests at the same time cause one call."""
    with opened(world, tmp_path) as parts, ThreadPoolExecutor(32) as threads:
        found = set(threads.map(lambda _: parts.registries.digest(world.image), range(32)))
    assert found == {world.digest}
    assert world.calls() == 1


def test_credentials_are_renewed_when_they_expire(world: World, clock: Clock, tmp_path: Path) -> None:
    """Shortly before their end new ones are issued, without a refused request."""
    clock.at = datetime.now(UTC)
    with opened(world, tmp_path) as parts:
        parts.registries.digest(world.image)
        clock.at += world.lifetime / 2
        parts.registries.digest(world.image)
        assert world.calls() == 1
        clock.at += world.lifetime / 2
        assert parts.registries.digest(world.image) == world.digest
    assert world.calls() == 2


def test_a_refusal_says_what_the_cloud_said_and_what_to_do(world: World, tmp_path: Path) -> None:
    """The image and the problems name the host, the cloud's words and the remedy; no secret is in them."""
    world.refuse()
    with opened(world, tmp_path) as parts:
        with pytest.raises(Refused) as raised:
            parts.registries.digest(world.image)
        (problem,) = parts.registry_credentials.problems()
    for text in (str(raised.value), problem.message):
        assert f"issued no credentials for {world.image.registry}: " in text
        assert world.words in text
        assert re.search("role", text)
        assert "auth file" in text
    assert problem.where == world.image.registry


def test_a_cloud_that_cannot_be_reached_is_asked_again_later(world: World, clock: Clock, tmp_path: Path) -> None:
    """The failure is one for now; the next request for credentials follows half a minute later."""
    world.endpoint.down()
    with opened(world, tmp_path) as parts:
        with pytest.raises(Unavailable, match=r"issued no credentials for .*refused the connection"):
            parts.registries.digest(world.image)
        world.endpoint.up()
        with pytest.raises(Unavailable, match="issued no credentials"):
            parts.registries.digest(world.image)
        clock.at += timedelta(minutes=1)
        assert parts.registries.digest(world.image) == world.digest


@pytest.mark.parametrize("chosen", ["none", "auto"])
def test_a_cloud_that_is_not_in_use_is_not_asked(
    chosen: str, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal says how to use the identity; it is no problem of the credentials."""
    if chosen == "auto":
        set_identity(monkeypatch, {}, dict(os.environ))
    with opened(world, tmp_path, CLOUD_CREDENTIALS=chosen) as parts:
        with pytest.raises(Refused, match=f"set IMAGE_FACTORY_CLOUD_CREDENTIALS={world.cloud} where"):
            parts.registries.digest(world.image)
        assert parts.registry_credentials.problems() == []
    assert world.calls() == 0


def test_the_auth_file_comes_before_the_identity(world: World, tmp_path: Path) -> None:
    """An entry for the host is used, and the cloud is not asked."""
    login = {"username": "somebody", "password": "a-password-that-is-wrong"}
    (tmp_path / "auth.json").write_text(json.dumps({"auths": {world.image.registry: login}}))
    with opened(world, tmp_path) as parts, pytest.raises(Refused):
        parts.registries.digest(world.image)
    assert world.calls() == 0


def test_a_library_that_is_not_installed_is_named(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the extra to install, and the auth file instead."""
    monkeypatch.setitem(sys.modules, world.module, None)
    with opened(world, tmp_path) as parts:
        with pytest.raises(Refused, match=rf"install image-factory\[{world.cloud}\], or add .* to the auth file"):
            parts.registries.digest(world.image)
        (problem,) = parts.registry_credentials.problems()
    assert f"install image-factory[{world.cloud}]" in problem.message


def test_a_public_image_is_read_without_credentials_while_the_identity_is_refused(world: World, tmp_path: Path) -> None:
    """An identity that is wrong keeps nobody from what anybody may read; ECR has nothing public."""
    world.refuse()
    with opened(world, tmp_path) as parts:
        if world.needed:
            with pytest.raises(Refused):
                parts.registries.digest(world.public)
        else:
            assert parts.registries.digest(world.public) == world.digest
