"""The contract of registries, over each of them with two real registries, and over the fake."""

from collections.abc import Iterator
from itertools import product

import pytest

from catalog.reference import Digest
from proxy.errors import NotFound, Unavailable
from proxy.ports import Unchanged
from proxy.registries.table import REGISTRIES
from tests.contracts.registry_subjects import Subject, docker_subject, fake_subject, zuul_subject
from tests.fakes.registry import FakeRegistry, digest_of
from tests.peers.fixtures import peers_installed

PLATFORMS = ("linux/amd64", "linux/arm64/v8")
ABSENT = digest_of("nobody has this")


SUBJECTS = [*product((docker_subject, zuul_subject), REGISTRIES), (fake_subject, FakeRegistry)]


@pytest.fixture(scope="module", params=SUBJECTS, ids=lambda pair: f"{pair[0].__name__}-{pair[1].__name__}")
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """A line of the table with a real registry, or the fake."""
    opened, kind = request.param
    with peers_installed(), opened(kind, tmp_path_factory.mktemp("registry")) as subject:
        yield subject


def test_a_tag_gives_the_digest_that_was_pushed(subject: Subject) -> None:
    """The digest is that of the pushed manifest."""
    image = subject.publish("contract/pushed", ["1.0"])

    assert subject.registry.digest(subject.reference("contract/pushed", "1.0")) == image.digest


def test_a_reference_without_tag_means_latest(subject: Subject) -> None:
    """Without tag and digest the tag is latest."""
    image = subject.publish("contract/latest", ["latest"])

    assert subject.registry.digest(subject.reference("contract/latest")) == image.digest


def test_a_digest_that_is_known_is_unchanged(subject: Subject) -> None:
    """A request with the current digest gets Unchanged."""
    image = subject.publish("contract/known", ["1.0"])

    assert subject.registry.digest(subject.reference("contract/known", "1.0"), image.digest) == Unchanged()


def test_a_tag_that_moved_gives_its_new_digest(subject: Subject) -> None:
    """A request with the former digest gets the new one."""
    before = subject.publish("contract/moved", ["1.0"], content="before")
    after = subject.publish("contract/moved", ["1.0"], content="after")

    assert subject.registry.digest(subject.reference("contract/moved", "1.0"), before.digest) == after.digest


def test_a_tag_has_precedence_over_a_digest(subject: Subject) -> None:
    """For a pinned tag, the registry returns the tag's current digest; without a tag, the reference's digest."""
    before = subject.publish("contract/pinned", ["1.0"], content="before")
    after = subject.publish("contract/pinned", ["1.0"], content="after")

    assert subject.registry.digest(subject.reference("contract/pinned", "1.0", before.digest)) == after.digest
    assert subject.registry.digest(subject.reference("contract/pinned", None, before.digest)) == before.digest


@pytest.mark.parametrize(("repository", "tag"), [("contract/unknown", "none"), ("contract/nowhere", "1.0")])
def test_an_unknown_tag_or_repository_is_not_found(subject: Subject, repository: str, tag: str) -> None:
    """The message has the reference."""
    subject.publish("contract/unknown", ["1.0"])
    reference = subject.reference(repository, tag)

    for ask in (subject.registry.digest, subject.registry.manifest, subject.registry.labels):
        with pytest.raises(NotFound, match=f"{repository}:{tag}"):
            ask(reference)


def test_the_manifest_of_one_platform_has_its_layers(subject: Subject) -> None:
    """It has layers, a size and its own digest, and no platforms."""
    image = subject.publish("contract/single", ["1.0"], content="some")
    manifest = subject.registry.manifest(subject.reference("contract/single", "1.0"))

    assert manifest.digest == image.digest
    assert manifest.platforms == {}
    assert not manifest.is_index
    assert manifest.size > 0
    assert len(manifest.layers) == 1


def test_an_index_has_its_platforms_without_attestations(subject: Subject) -> None:
    """The children are listed by platform with the variant, in the index's order."""
    image = subject.publish("contract/index", ["1.0"], platforms=PLATFORMS)
    manifest = subject.registry.manifest(subject.reference("contract/index", "1.0"))

    assert manifest.is_index
    assert manifest.digest == image.digest
    assert dict(manifest.platforms) == dict(image.platforms)
    assert tuple(manifest.platforms) == PLATFORMS


def test_a_manifest_is_read_by_its_digest_if_there_is_one(subject: Subject) -> None:
    """A pinned reference gives the pinned manifest, even if its tag has moved."""
    before = subject.publish("contract/by-digest", ["1.0"], content="before")
    subject.publish("contract/by-digest", ["1.0"], content="after")

    assert (
        subject.registry.manifest(subject.reference("contract/by-digest", "1.0", before.digest)).digest == before.digest
    )


def test_labels_come_from_the_configuration(subject: Subject) -> None:
    """All labels of the image are returned, or none if it has none."""
    subject.publish("contract/labels", ["with"], labels={"org.opencontainers.image.title": "App", "empty": ""})
    subject.publish("contract/labels", ["without"], content="plain")

    with_labels = subject.registry.labels(subject.reference("contract/labels", "with"), "linux/s390x")
    assert with_labels == {"org.opencontainers.image.title": "App", "empty": ""}
    assert subject.registry.labels(subject.reference("contract/labels", "without")) == {}


def test_an_image_of_one_platform_has_that_platform(subject: Subject) -> None:
    """It is read from the configuration; an index has no configuration."""
    subject.publish("contract/platform", ["one"])
    subject.publish("contract/platform", ["several"], platforms=PLATFORMS)
    reference = subject.reference("contract/platform", "one")
    configuration = subject.registry.manifest(reference).configuration

    assert configuration
    assert subject.registry.platform(reference, configuration) == "linux/amd64"
    assert subject.registry.manifest(subject.reference("contract/platform", "several")).configuration is None


def test_labels_of_an_index_come_from_the_requested_platform(subject: Subject) -> None:
    """Without a platform the first child is read; a missing platform is not found."""
    subject.publish("contract/index-labels", ["1.0"], platforms=PLATFORMS, labels={"a": "b"})
    reference = subject.reference("contract/index-labels", "1.0")

    assert subject.registry.labels(reference) == {"a": "b"}
    assert subject.registry.labels(reference, PLATFORMS[1]) == {"a": "b"}
    with pytest.raises(NotFound, match=r"contract/index-labels:1\.0.*linux/s390x"):
        subject.registry.labels(reference, "linux/s390x")


def test_all_tags_are_listed(subject: Subject) -> None:
    """Every tag of the repository is listed once."""
    tags = [f"1.{minor}" for minor in range(12)]
    subject.publish("contract/tags", tags)

    assert sorted(subject.registry.tags(subject.reference("contract/tags"))) == sorted(tags)


def test_the_digests_of_children_are_no_tags(subject: Subject) -> None:
    """Some registries list them among the tags."""
    subject.publish("contract/children", ["1.0"], platforms=PLATFORMS)

    assert list(subject.registry.tags(subject.reference("contract/children"))) == ["1.0"]


def test_a_repository_without_tags_has_an_empty_list(subject: Subject) -> None:
    """A registry may answer null after the last tag is deleted."""
    image = subject.publish("contract/emptied", ["1.0"])
    subject.remove("contract/emptied", image.digest)

    assert list(subject.registry.tags(subject.reference("contract/emptied"))) == []


def test_tags_of_an_unknown_repository_are_not_found(subject: Subject) -> None:
    """An unknown repository differs from one without tags, where the registry knows that."""
    if not subject.knows_repositories:
        assert list(subject.registry.tags(subject.reference("contract/nowhere"))) == []
        return
    with pytest.raises(NotFound, match="contract/nowhere"):
        list(subject.registry.tags(subject.reference("contract/nowhere")))


def test_a_deleted_digest_does_not_exist(subject: Subject) -> None:
    """A digest exists until it is deleted."""
    image = subject.publish("contract/vanished", ["1.0"], content="short-lived")
    pinned = subject.reference("contract/vanished", "1.0", image.digest)

    assert subject.registry.exists(pinned)
    subject.remove("contract/vanished", image.digest)
    assert not subject.registry.exists(pinned)
    assert not subject.registry.exists(subject.reference("contract/vanished", None, ABSENT))


def test_many_are_checked_and_a_failure_stops_none(subject: Subject) -> None:
    """Every entry gets one answer: a digest, Unchanged, or its failure."""
    images = {name: subject.publish(f"contract/many-{name}", ["1.0"], content=name).digest for name in "abcdef"}
    wanted: list[tuple[str, Digest | None]] = [(f"many-{name}", None) for name in "abcde"]
    wanted += [("many-f", images["f"]), ("many-absent", None)]
    entries = [(subject.reference(f"contract/{name}", "1.0"), known) for name, known in wanted]
    answers = {reference.repository: answer for reference, answer in subject.registry.check(entries)}

    assert {answers[f"contract/many-{name}"] for name in "abcde"} == {images[name] for name in "abcde"}
    assert answers["contract/many-f"] == Unchanged()
    absent = answers["contract/many-absent"]
    assert isinstance(absent, NotFound)
    assert "contract/many-absent:1.0" in str(absent)
    assert len(answers) == len(wanted)


def test_an_empty_check_has_no_answers(subject: Subject) -> None:
    """Without entries there are no answers."""
    assert list(subject.registry.check([])) == []


def test_a_check_is_for_one_registry(subject: Subject) -> None:
    """References of several registries are refused at once."""
    other = subject.reference("contract/other", "1.0")
    foreign = type(other)("elsewhere.example.com", "contract/other", "1.0")

    with pytest.raises(ValueError, match="several"):
        subject.registry.check([(other, None), (foreign, None)])


def test_a_registry_that_is_down_is_unavailable_until_it_is_up_again(subject: Subject) -> None:
    """A refused connection is a transient failure of every method; afterwards each method succeeds."""
    image = subject.publish("contract/down", ["1.0"])
    reference = subject.reference("contract/down", "1.0")
    with subject.down():
        with pytest.raises(Unavailable):
            subject.registry.digest(reference)
        with pytest.raises(Unavailable):
            subject.registry.exists(reference.at(image.digest))
        answers = [answer for _, answer in subject.registry.check([(reference, None)])]
        assert [isinstance(answer, Unavailable) for answer in answers] == [True]

    assert subject.registry.digest(reference) == image.digest


def test_a_configuration_has_platform_and_labels(subject: Subject) -> None:
    """Labels of the publisher are without their prefix, others are left out."""
    labels = {"org.opencontainers.image.revision": "4f2a", "maintainer": "mia"}
    subject.publish("contract/configuration", ["1.0"], labels=labels)
    reference = subject.reference("contract/configuration", "1.0")
    manifest = subject.registry.manifest(reference)
    assert manifest.kind == "image"
    assert manifest.configuration

    found = subject.registry.configuration(reference.at(manifest.digest), manifest.configuration)
    assert (found.platform, found.labels) == ("linux/amd64", {"revision": "4f2a"})


def test_an_image_without_referrers_has_none(subject: Subject) -> None:
    """Whether the registry has a list of them or not."""
    published = subject.publish("contract/referrers", ["1.0"])
    assert list(subject.registry.referrers(subject.reference("contract/referrers", digest=published.digest))) == []
