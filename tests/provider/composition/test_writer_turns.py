"""The processes of one database write to the config repository one after another."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from provider.composition.config_checkout import opened_repository, web_checkout
from provider.composition.parts import Parts
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.edits import Change
from tests.databases import KINDS, migrated_database
from tests.provider.composition.checking import Service
from tests.provider.config_repo.repositories import Remote, put


@pytest.mark.parametrize("kind", KINDS)
def test_the_worker_writes_when_the_web_part_has_written(kind: str, tmp_path: Path) -> None:
    """Its write begins when the other one's is over, and finds what that has pushed."""
    remote = Remote.make(tmp_path / "remote.git", {"images.yaml": "[]\n"})
    seen: list[list[str]] = []

    def noting(change: Change) -> Change:
        def edited(text: str | None) -> str | None:
            seen.append(remote.log())
            return change.edit(text)

        return Change(change.path, edited)

    with migrated_database(kind, tmp_path) as url, ExitStack() as stack:
        service = Service(tmp_path, {"CONFIG_REPO": str(remote.folder), "DATABASE_URL": url})
        web, worker = (stack.enter_context(service.parts()) for _ in range(2))
        writes = _repository(stack, worker, worker.settings.config_checkout)
        enrolls = _repository(stack, web, web_checkout(web.settings))
        with ThreadPoolExecutor(1) as pool:

            def enroll(text: str | None) -> str:
                """An edit of the web part, during which the worker begins to write."""
                later.append(pool.submit(writes.commit, [noting(put("state/images/app.yaml", "x\n"))], "Worker"))
                assert web.locks.acquire("writing") is None
                return f"{text}# enrolled\n"

            later: list[object] = []
            enrolls.commit([Change("images.yaml", enroll)], "Web")
        assert remote.log()[:2] == ["Worker", "Web"]
        assert [log[0] for log in seen] == ["Web"] * len(seen)


def _repository(stack: ExitStack, parts: Parts, checkout: Path) -> ConfigRepository:
    return stack.enter_context(opened_repository(parts, checkout))
