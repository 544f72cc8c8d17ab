"""The registry of the benchmark follows the protocol; otherwise its ratios would be meaningless."""

import json
from collections.abc import Mapping

import pytest

from bench.population import TAG, current_digest, repositories
from bench.registry_answers import Answer, RegistryAnswers

FIRST, SECOND = repositories(2)


def token(registry: RegistryAnswers, *names: str) -> Mapping[str, str]:
    """Request headers with a token for these repositories."""
    query = "&".join(f"scope=repository:{name}:pull" for name in names)
    granted = json.loads(registry.answer(f"/token?{query}", {}).body)["token"]
    return {"authorization": f"Bearer {granted}"}


def look(registry: RegistryAnswers, name: str, headers: Mapping[str, str]) -> Answer:
    """The answer for the tag of a repository."""
    return registry.answer(f"/v2/{name}/manifests/{TAG}", {"host": "127.0.0.1:1", **headers})


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer x"}, {"authorization": "Bearer e30=.00"}])
def test_without_a_good_token_there_is_a_challenge(headers: Mapping[str, str]) -> None:
    """It has the address of the token server and the scope."""
    answer = look(RegistryAnswers(batches=True), FIRST, headers)

    scope = f'scope="repository:{FIRST}:pull"'
    assert answer.status == 401
    assert (
        dict(answer.headers)["WWW-Authenticate"] == f'Bearer realm="https://127.0.0.1:1/token",service="bench",{scope}'
    )


def test_a_token_is_good_for_its_own_repository() -> None:
    """The digest is that of the manifest, and another repository is refused."""
    registry = RegistryAnswers(batches=True)
    headers = token(registry, FIRST)

    assert dict(look(registry, FIRST, headers).headers)["Docker-Content-Digest"] == current_digest(FIRST)
    assert look(registry, SECOND, headers).status == 401


@pytest.mark.parametrize(("batches", "status"), [(True, 200), (False, 401)])
def test_only_a_batching_registry_grants_several_scopes(batches: bool, status: int) -> None:
    """The other registry grants only the first scope."""
    registry = RegistryAnswers(batches)
    headers = token(registry, FIRST, SECOND)

    assert (look(registry, FIRST, headers).status, look(registry, SECOND, headers).status) == (200, status)


def test_a_known_digest_is_not_sent_again() -> None:
    """docker-registry answers If-None-Match in the same way."""
    registry = RegistryAnswers(batches=False)
    headers = {**token(registry, FIRST), "if-none-match": f'"{current_digest(FIRST)}"'}

    assert look(registry, FIRST, headers).status == 304
