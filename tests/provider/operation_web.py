"""The web part over a database, with the audit, problems and checks, and callers of every role."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalog.image import Image
from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from provider.services.asking.asking import Asking
from provider.services.checks import Checks
from provider.services.health import RELEASES, WORKER
from provider.services.known_problems import enrollment_problems, image_problems, worker_problems
from provider.store.beats import SqlBeats
from provider.store.engine import migrate, open_engine
from provider.store.images import SqlImageIndex
from provider.store.operations.audit import SqlAuditLog
from provider.store.operations.check_requests import SqlCheckRequests
from provider.store.operations.person_requests import SqlPersonRequests
from proxy.secrets.secret import Secret
from tests.provider.web_images import NOW, varied_images
from tests.provider.web_part import web

TOKENS = {role: f"a-token-of-role-{role.value}" for role in CallerRole}
SERVICE_TOKENS = tuple(ServiceToken(role.value, role, Secret(text)) for role, text in TOKENS.items())


@dataclass(slots=True)
class OperationWorld:
    """The web part and what it stores."""

    client: FlaskClient
    index: SqlImageIndex
    records: SqlAuditLog
    requests: SqlCheckRequests
    beats: SqlBeats
    people: SqlPersonRequests

    def get(self, path: str, role: CallerRole = CallerRole.READ) -> Any:
        """The JSON that a caller of this role gets."""
        answer = self.client.get(path, headers=headers(role))
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def ask(self, body: object, role: CallerRole = CallerRole.REBUILD) -> TestResponse:
        """Ask for a check."""
        return self.client.post("/api/v1/checks", json=body, headers=headers(role))


def headers(role: CallerRole) -> dict[str, str]:
    """The header of a caller of this role."""
    return {"Authorization": f"Bearer {TOKENS[role]}"}


@contextmanager
def operation_world(
    folder: Path, images: Sequence[Image] | None = None, access: Access | None = None
) -> Iterator[OperationWorld]:
    """The world, with varied images."""
    engine = open_engine(f"sqlite:///{folder}/index.db")
    migrate(engine)
    index, beats = SqlImageIndex(engine), SqlBeats(engine)
    records, requests = SqlAuditLog(engine), SqlCheckRequests(engine)
    people = SqlPersonRequests(engine)
    index.replace(varied_images() if images is None else images, {})
    every = {WORKER: timedelta(minutes=15), RELEASES: timedelta(minutes=1)}
    sources = [partial(enrollment_problems, index), partial(image_problems, index), partial(worker_problems, beats)]
    app = web(
        index,
        access or Access(SERVICE_TOKENS),
        records=records,
        problems=sources,
        checks=Checks(beats, every, requests),
        asking=Asking(index, people, lambda: NOW, partial(next, (f"request-{number}" for number in count(1)))),
    )
    yield OperationWorld(app.test_client(), index, records, requests, beats, people)
    engine.dispose()
