"""Tests of /readyz and /metrics."""

from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from catalog.image import Status
from provider.api.metrics import IndexCollector
from provider.errors import DatabaseGone
from provider.ports import Beat, PartHealth, ReportedProblem
from provider.services.health import CHECK_TIMES, WORKER
from tests.provider.web_images import NOW, MemoryIndex, Parts, varied_images
from tests.provider.web_part import web

ABLE = "image_factory_part_able"


def test_the_service_is_ready_if_every_part_is_able() -> None:
    """If one part is not able, the response is 503."""
    able, unable = PartHealth("a", able=True), PartHealth("b", able=False, cause="no disk")
    assert web(MemoryIndex(), health=Parts(able)).test_client().get("/readyz").status_code == 200
    answer = web(MemoryIndex(), health=Parts(able, unable)).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["parts"][1] == {"name": "b", "able": False, "cause": "no disk"}


def test_metrics_count_images_requests_and_the_worker() -> None:
    """There is a value for every status; requests have a limited set of labels."""
    client = web(MemoryIndex(varied_images())).test_client()
    client.get("/images/backstage")
    client.open("/nowhere", method="BREW")
    answer = client.get("/metrics")
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert samples["image_factory_images", "watched"] == 4
    assert samples["image_factory_images", "due"] == 1
    assert samples["image_factory_images", "unknown"] == samples["image_factory_images", "unverified"] == 1
    assert {status for name, *labels in samples if name == "image_factory_images" for status in labels} == set(Status)
    assert samples["image_factory_worker_beat_age_seconds", "worker"] == 30
    assert samples["image_factory_http_requests_total", "200", "GET", "pages.image"] == 1
    assert samples["image_factory_http_requests_total", "404", "none", "other"] == 1
    assert samples["image_factory_http_request_seconds_count", "GET", "pages.image"] == 1


def test_without_a_database_the_metrics_say_so() -> None:
    """An alert finds the one series that it needs; the others have no value."""

    class NoIndex(MemoryIndex):
        def count_by_status(self) -> Mapping[str, int]:
            raise DatabaseGone("the database was removed")

    client = web(NoIndex(), health=Parts(PartHealth("database", able=False))).test_client()
    answer = client.get("/metrics")

    assert answer.status_code == 200
    assert f'{ABLE}{{part="database"}} 0.0' in answer.text
    assert "image_factory_images" not in answer.text


def test_problems_of_the_config_repository_are_a_metric() -> None:
    """By file, so that an alert can name the team; what concerns no file has an empty label."""
    index = MemoryIndex()
    wrong = [ReportedProblem("app", f"text {line}", "is wrong", "images.d/a.yaml", line) for line in (3, 7)]
    index.report([*wrong, ReportedProblem("", "text", "the branch is gone")], NOW)
    text = web(index).test_client().get("/metrics").text

    assert 'image_factory_config_problems{file="images.d/a.yaml"} 2.0' in text
    assert 'image_factory_config_problems{file=""} 1.0' in text


def test_a_part_that_is_late_is_a_metric() -> None:
    """The metric says the same as /readyz, for every part."""
    late = PartHealth("messages", able=False, cause="it has not finished a round for 300 s")
    client = web(MemoryIndex(), health=Parts(PartHealth("database", able=True), late)).test_client()
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = {sample.labels["part"]: sample.value for each in families for sample in each.samples if each.name == ABLE}
    assert samples == {"database": 1, "messages": 0}


def test_only_parts_of_the_worker_have_an_age() -> None:
    """When Dockerfiles were last read is no sign of life: they are read once a day."""
    beats = [Beat(part, NOW) for part in (WORKER, *CHECK_TIMES)]
    collector = IndexCollector(MemoryIndex(), lambda: beats, lambda: NOW, Parts(), None)
    ages = [sample for each in collector.collect() if "beat_age" in each.name for sample in each.samples]
    assert [sample.labels["part"] for sample in ages] == [WORKER]
