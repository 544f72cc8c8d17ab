"""The web part over an index, for the tests that ask by HTTP."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Flask

from provider.api.webhooks.proofs import WebhookSecrets
from provider.auth.access import Access
from provider.composition.flask_app import create_web
from provider.graph_ports import ImageGraphs
from provider.operation_ports import AuditLog, ImageHistories, ProblemSource
from provider.pages.browsers import Guidance
from provider.ports import Beat, ImageIndex, PartHealth
from provider.services.asking.asking import Asking
from provider.services.checks import Checks
from provider.services.enrolling.use_cases import EnrollingUseCases
from provider.services.simulation.kept_answers import KeptSimulations
from provider.services.timelines.timelines import Timelines
from provider.webhook_ports import WebhookInbox
from proxy.secrets.redactor import Redactor
from tests.fakes.image_index import FakeImageIndex
from tests.fakes.timeline_rows import FakeTimelineRows
from tests.provider.web_images import NOW, Parts

_NO_SECRETS = Redactor(())
_NO_WEBHOOKS = WebhookSecrets()


def web(
    index: ImageIndex,
    access: Access | None = None,
    health: Parts | None = None,
    redactor: Redactor = _NO_SECRETS,
    histories: ImageHistories | None = None,
    records: AuditLog | None = None,
    problems: Sequence[ProblemSource] = (),
    *,
    checks: Checks | None = None,
    enrolling: EnrollingUseCases | None = None,
    inbox: WebhookInbox | None = None,
    webhook_secrets: WebhookSecrets = _NO_WEBHOOKS,
    asking: Asking | None = None,
    guidance: Guidance | None = None,
    graphs: ImageGraphs | None = None,
    timelines: Timelines | None = None,
    simulations: KeptSimulations | None = None,
) -> Flask:
    """The web part over the index."""
    return create_web(
        index,
        health or Parts(PartHealth("database", able=True)),
        access or Access(),
        now=lambda: NOW,
        public_url="http://factory.example",
        version="1.2.3",
        redactor=redactor,
        histories=histories,
        records=records,
        problems=problems,
        checks=checks,
        enrolling=enrolling,
        inbox=inbox,
        webhook_secrets=webhook_secrets,
        asking=asking,
        timelines=timelines or _timelines(index),
        simulations=simulations,
        guidance=guidance or Guidance(),
        graphs=graphs,
        beats=lambda: [Beat("worker", NOW - timedelta(seconds=30))],
    )


def _timelines(index: ImageIndex) -> Timelines | None:
    return Timelines(FakeTimelineRows(index)) if isinstance(index, FakeImageIndex) else None
