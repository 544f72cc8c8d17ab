"""What `image-factory serve` logs at its start."""

from pathlib import Path

import pytest

from provider.commands.start_lines import start_lines
from provider.settings.reading import read_settings


@pytest.mark.parametrize(
    ("host", "pages"),
    [
        ("127.0.0.1", "listening on 127.0.0.1:8081; web pages: http://127.0.0.1:8081/overview, "),
        ("::1", "listening on [::1]:8081; web pages: http://[::1]:8081/overview, "),
        ("0.0.0.0", "listening on 0.0.0.0:8081; web pages: https://images.example.com/overview, "),  # noqa: S104 - not opened
    ],
)
def test_the_pages_are_at_the_address_that_people_use(host: str, pages: str) -> None:
    """On this machine that is the port; for other machines it is the public URL."""
    settings = read_settings({"IMAGE_FACTORY_PUBLIC_URL": "https://images.example.com"})

    assert start_lines(settings, host, 8081, with_worker=True)[0].startswith(pages)


def test_the_config_repository_and_the_next_step_are_named() -> None:
    """Without a setting it is the bare repository beside the checkout."""
    repository = "https://git.example.com/acme/config.git"
    _, configured = start_lines(
        read_settings({"IMAGE_FACTORY_CONFIG_REPO": repository}), "localhost", 8080, with_worker=True
    )
    _, default = start_lines(read_settings({}), "localhost", 8080, with_worker=True)

    assert configured.startswith(
        f"config repository: {repository}; to enroll an image, open http://localhost:8080/images/new, or add an"
    )
    assert default.startswith(f"config repository: {Path.cwd() / 'data/config.git'}; ")


def test_without_a_worker_the_command_that_runs_one_is_named() -> None:
    """Only the worker reads the config repository."""
    _, worker = start_lines(read_settings({}), "localhost", 8080, with_worker=False)

    assert worker == "this process has no worker; run 'image-factory worker' with the same settings"
