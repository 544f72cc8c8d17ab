"""Texts of failures that were stored with a secret, as the web part shows them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalog.image import Failure, Status
from provider.composition.parts import Parts
from provider.composition.tracker import tracker_use_cases
from provider.composition.web import web_app
from provider.settings import read_settings
from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.outcomes import PollFailure
from provider.tracker.decisions.polling import after_poll
from provider.tracker.ports import RepositoryFields
from tests.provider.web_images import managed

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECRET = "a-token-of-the-service-1"
MESSAGE = f"registry.example refused the token {SECRET}"


def test_a_secret_in_a_stored_error_is_not_shown(tmp_path: Path) -> None:
    """Pages and API show `***` in its place, for an image and for a tracked repository."""
    settings = read_settings(
        {
            "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}",
            "IMAGE_FACTORY_GITHUB_TOKEN": SECRET,
        }
    )
    with Parts.open(settings) as parts:
        parts.index.replace(
            [managed("app", status=Status.ERROR, last_error=Failure(NOW, MESSAGE), reason=MESSAGE)], {"app": ""}
        )
        store = tracker_use_cases(parts).store
        tracked = store.add(RepositoryFields("tool", parse_address("https://github.com/acme/tool")), NOW)
        store.record([after_poll(NOW, tracked, (), PollFailure(MESSAGE), timedelta(hours=1))])
        client = web_app(parts).test_client()
        for path in (
            "/images",
            "/images/app",
            "/api/v1/images/app",
            "/",
            "/repositories/1",
            "/api/v1/repositories/1",
        ):
            text = client.get(path).text
            assert SECRET not in text, path
            assert "registry.example refused the token ***" in text, path
