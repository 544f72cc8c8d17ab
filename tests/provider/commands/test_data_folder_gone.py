"""The data folder of a running service is removed, and put back."""

import sys
from pathlib import Path

import pytest
import urllib3

from tests.peers.process import reserved_port, running, wait_until


def test_a_service_without_its_data_folder_says_so_and_goes_on_when_it_is_back(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is served from the removed files: /readyz, the metrics, the log and each answer say it."""
    monkeypatch.setenv("IMAGE_FACTORY_CHECK_INTERVAL", "2s")
    data, away, log = workplace / "data", workplace / "away", workplace / "log"
    http = urllib3.PoolManager(retries=False, timeout=60)
    with reserved_port() as port:
        url = f"http://127.0.0.1:{port}"

        def answers(path: str) -> bool:
            try:
                return http.request("GET", f"{url}{path}").status == 200
            except urllib3.exceptions.HTTPError:
                return False

        def ready() -> bool:
            return answers("/readyz")

        command = [sys.executable, "-m", "provider", "serve", "--port", str(port)]
        with running(command, log=log, ready=log.exists):
            wait_until(ready, "the first rounds", 240)
            data.rename(away)
            wait_until(lambda: not ready(), "the service to notice", 120)
            (database,) = http.request("GET", f"{url}/readyz").json()["parts"]
            refusals = [
                http.request("GET", f"{url}{path}")
                for path in ("/api/v1/images", "/catalog/catalog-info.yaml", "/images", "/releases")
            ]
            metrics = http.request("GET", f"{url}/metrics").data
            wait_until(lambda: "jobs.db was removed while the worker was running" in log.read_text(), "the log", 120)

            assert not data.exists()
            assert "image-factory.db was removed while the service was running; put it back" in database["cause"]
            assert [(answer.status, answer.headers["Retry-After"]) for answer in refusals] == [(503, "10")] * 4
            assert all(b"The database of this service is gone" in answer.data for answer in refusals)
            assert b'image_factory_part_able{part="database"} 0.0' in metrics

            away.rename(data)
            wait_until(ready, "the service to go on", 120)
            assert http.request("GET", f"{url}/images").status == 200
