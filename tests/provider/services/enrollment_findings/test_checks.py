"""What is checked of an enrollment before it is committed."""

import threading
from dataclasses import replace

import pytest

from catalog.image import DependencyRole
from catalog.reference import ImageReference
from provider.builds.router import BuildSystems
from provider.domain.enrollment import Bake, Build, Source
from provider.domain.findings.finding import Availability, FoundBase, Level
from provider.domain.ledger import Ledger
from provider.domain.policy.rules import Policy, PolicyRule
from proxy.deadline import Deadline
from proxy.errors import AddressRefused, NoSuchRepository, Refused, Unavailable
from tests.fakes.registry import digest_of
from tests.provider.domain.samples import base, dependency, image
from tests.provider.services.enrollment_findings.asking import NODE_DIGEST, Asking, said, shown, snapshot
from tests.provider.services.world import NODE, START, enrolled

TEAM = "images.d/team-a.yaml"
NODE_IMAGE = ImageReference.parse(NODE)


def test_a_good_entry_has_no_errors_and_says_what_was_discovered() -> None:
    """Each base image with its line, its role and its digest; the build with the inputs that a rebuild fills."""
    asking = Asking()

    found = asking.about()

    assert found.complete
    assert [shown(item) for item in found.items if item.level is not Level.INFO] == []
    assert said(found, "source.dockerfile") == [
        f"info: line 1: node:22 (the base of the built stage) has the digest {NODE_DIGEST}"
    ]
    filled = "image_factory_rebuild_id, image_factory_reason, image_factory_base_images"
    assert said(found, "source.workflow") == [
        f"info: acme/portal/build.yml can be started, and a rebuild fills {filled}"
    ]
    assert said(found, "repository") == [
        "info: ghcr.io/acme/portal:latest is not pushed yet; it is found after its first build"
    ]
    assert found.bases == (
        FoundBase(NODE, NODE, DependencyRole.FINAL, ("from",), 1, "", Availability.FOUND, NODE_DIGEST, None),
    )


def test_an_image_that_is_there_is_shown_with_its_digest() -> None:
    """A person sees that registry, repository and tag mean the right image."""
    asking = Asking()
    pushed = asking.registry.put("ghcr.io/acme/portal:latest", digest_of("portal")).digest

    assert said(asking.about(), "repository") == [f"info: ghcr.io/acme/portal:latest has the digest {pushed}"]


@pytest.mark.parametrize(
    ("source", "field", "words"),
    [
        (Source("github", "acme/none"), "source.repo", "there is no repository acme/none"),
        (Source("github", "acme/portal", branch="none"), "source.branch", "has no branch none"),
        (Source("github", "acme/portal", dockerfiles=("app/Dockerfile",)), "source.dockerfile", "has no app/Docker"),
        (Source("github", "acme/portal", bake=Bake("bake.hcl", "app")), "source.bake", "has no bake.hcl"),
        (Source("github", "acme/broken"), "source.dockerfile", "Dockerfile: line 2: "),
        (Source("github", "acme/portal", target="none"), "source.dockerfile", "Dockerfile: "),
    ],
)
def test_what_cannot_be_read_is_an_error_of_its_field(source: Source, field: str, words: str) -> None:
    """The repository, the branch, the file, and a file that BuildKit refuses, with the line."""
    asking = Asking()
    asking.sources.put("acme/broken", "Dockerfile", "FROM node:22\nFROM a b c\n")

    errors = asking.about(enrolled("portal", source=source)).errors

    assert [item.field for item in errors] == [field]
    assert words in errors[0].message


def test_no_text_of_a_dockerfile_is_shown() -> None:
    """Whoever asks need not be allowed to see the file."""
    asking = Asking()
    asking.sources.put("acme/portal", "Dockerfile", "FROM node:22\nRUN --mount=type=secret,hunter2=1 x\nCOPY\n")

    assert "hunter2" not in "".join(item.message for item in asking.about().items)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ARG V\nFROM node:${V}\n", "warning: line 2: V has no value, so the image is not known; "),
        ("FROM {{ base }}\n", "this looks like a template (Jinja or Go)"),
        ("FROM scratch\nCOPY a b\n", "warning: no image of a registry is named, so nothing causes a rebuild"),
        ("FROM node:99\n", "warning: line 1: docker.io has no node:99; correct the reference"),
        ("FROM node:22\nCOPY --from=src / /\n", "warning: line 2: src is no stage, and no registry has src:latest; "),
        ("FROM node:22\nCOPY --from=src / /\n", "write source.contexts: {src: local}"),
    ],
)
def test_what_a_dockerfile_leaves_open_is_said(text: str, words: str) -> None:
    """An argument without a value, a template, a file without images, an image that no registry has."""
    asking = Asking()
    asking.sources.put("acme/portal", "Dockerfile", text)

    assert words in "\n".join(said(asking.about(), "source.dockerfile"))


def test_a_pinned_base_says_that_its_tag_is_elsewhere() -> None:
    """It would be held from the start."""
    asking = Asking()
    asking.sources.put("acme/portal", "Dockerfile", f"FROM {NODE}@{digest_of('old')}\n")

    (message,) = said(asking.about(), "source.dockerfile")

    assert f"is pinned, and its tag points to another digest now ({NODE_DIGEST})" in message


def test_a_base_that_is_tracked_costs_no_request() -> None:
    """Its digest is known, and so is its name."""
    asking = Asking()
    asking.registry.remove(NODE_IMAGE.at(NODE_DIGEST))
    node = base("node-22", NODE_IMAGE, Ledger().observe(START, NODE_DIGEST, {}))

    found = asking.about(known=snapshot(bases={"node-22": node}))

    assert [(each.name, each.digest, each.availability) for each in found.bases] == [
        ("node-22", NODE_DIGEST, Availability.FOUND)
    ]
    assert [call.reference.image for call in asking.registry.calls] == ["ghcr.io/acme/portal"]


def test_an_entry_without_a_build_says_what_will_not_happen() -> None:
    """It is valid, and no rebuild is ever started."""
    found = Asking().about(enrolled("portal", build=None))

    assert said(found, "build") == [
        "warning: no build system is named, so the image is never rebuilt; write for example workflow: build.yml"
    ]


def test_a_watched_image_is_only_asked_for_in_its_registry() -> None:
    """Without a source there is nothing to build; where the registry has no such image, the reference is wrong."""
    asking = Asking()

    found = asking.about(enrolled("portal", source=None, build=None))

    assert [(item.field, item.level) for item in found.items] == [("repository", Level.WARNING)]
    assert asking.sources.asked == []


def test_a_missing_workflow_is_an_error() -> None:
    """The message says which."""
    asking = Asking()
    asking.builds.missing = True

    (wrong,) = asking.about().errors

    assert (wrong.field, wrong.message) == ("source.workflow", "there is no build.yml in acme/portal")


def test_a_build_system_without_credentials_is_a_warning_and_one_without_adapter_an_error() -> None:
    """The service may get credentials later; an adapter it does not get."""
    asking = Asking(builds=BuildSystems([]))

    (unconfigured,) = said(asking.about(), "build.system")
    webhook = asking.about(enrolled("portal", build=Build("webhook", url="https://builds.example.com")))

    assert unconfigured.startswith("warning: build.system github-actions has no credentials")
    assert webhook.items[0].message.startswith("build.system webhook ")


def test_a_closed_cycle_is_an_error_with_its_path() -> None:
    """The image would depend on one that is built from it."""
    asking = Asking()
    portal = ImageReference.parse("ghcr.io/acme/portal:latest")
    child = image("child", dependency(portal))
    asking.sources.put("acme/portal", "Dockerfile", "FROM ghcr.io/acme/child:latest\n")

    errors = asking.about(known=snapshot(child)).errors

    assert [(item.field, item.message) for item in errors] == [
        (
            "source",
            "the image would depend on itself: child -> portal -> child; remove the cycle from one of the Dockerfiles",
        )
    ]


@pytest.mark.parametrize("path", ["self", "longer"])
def test_every_length_of_cycle_is_found(path: str) -> None:
    """An image that is built from itself, and one over two others."""
    asking = Asking()
    one = image("one", dependency(ImageReference.parse("ghcr.io/acme/two:latest")))
    two = image("two", dependency(ImageReference.parse("ghcr.io/acme/portal:latest")))
    text = "FROM ghcr.io/acme/portal:latest\n" if path == "self" else "FROM ghcr.io/acme/one:latest\n"
    asking.sources.put("acme/portal", "Dockerfile", text)

    errors = asking.about(known=snapshot(one, two)).errors

    expected = "portal -> portal" if path == "self" else "one -> two -> portal -> one"
    assert expected in errors[0].message


def test_what_no_rule_allows_is_a_finding_with_the_rule() -> None:
    """It needs an admin's word, so it is not committed without a review."""
    asking = Asking()
    entry = enrolled("portal", file=TEAM, owner="group:default/team-a")

    found = asking.about(entry)

    assert found.needs_rule
    rule = '{files: images.d/team-a.yaml, owners: ["group:default/team-a"]}'
    refused = "no rule lets this file name group:default/team-a, who gets no rights by it"
    assert said(found, "owner") == [f"warning: {refused}; add to rules in policy.yaml: {rule}"]
    policy = Policy(rules=(PolicyRule((TEAM,), owners=("group:default/team-a",)),))
    assert not asking.about(entry, snapshot(policy=policy)).needs_rule


def test_a_repository_that_others_use_needs_a_rule() -> None:
    """A team does not take the base of others for itself."""
    asking = Asking()
    entry = replace(enrolled("node"), registry="docker.io", repository="library/node", file=TEAM)
    asking.sources.put("acme/node", "Dockerfile", "FROM debian:12\n")

    found = asking.about(entry, snapshot(image("other", dependency(NODE_IMAGE))))

    (message,) = (item.message for item in found.items if item.needs_rule)
    assert message.startswith("other in another file uses docker.io/library/node, and no rule lets this file claim it")


def test_an_archived_image_of_another_file_needs_a_rule() -> None:
    """What a file enrolled once stays its own."""
    asking = Asking()
    gone = image("portal")

    found = asking.about(enrolled("portal", file=TEAM), snapshot(archived_images={"portal": gone}))

    assert [item.field for item in found.items if item.needs_rule] == ["name"]


def test_a_registry_that_refuses_is_a_warning_and_a_forbidden_address_an_error() -> None:
    """ghcr.io also refuses to talk about an image that does not exist."""
    asking = Asking()
    reference = ImageReference.parse("ghcr.io/acme/portal:latest")
    asking.registry.fail(reference, Refused("ghcr.io refuses acme/portal"))
    assert said(asking.about(), "registry") == [
        "warning: ghcr.io refuses acme/portal; if the image is not pushed yet, that may be the reason"
    ]

    other = Asking()
    other.registry.fail(reference, AddressRefused("10.0.0.1 is a private address"))
    assert [item.field for item in other.about().errors] == ["registry"]


def test_what_does_not_answer_now_is_said_and_hides_nothing() -> None:
    """Each part fails alone; nothing is taken for granted."""
    asking = Asking()
    asking.sources.fail("acme/portal", Unavailable("acme/portal cannot be asked now"))
    asking.builds.go_down(Unavailable("GitHub cannot be asked now"))
    asking.registry.go_down(Unavailable("ghcr.io cannot be asked now"))

    found = asking.about()

    assert not found.complete
    assert {(item.field, item.message) for item in found.items} == {
        ("source.repo", "not known: acme/portal cannot be asked now"),
        ("source.workflow", "not known: GitHub cannot be asked now"),
        ("registry", "not known: ghcr.io cannot be asked now"),
    }
    assert found.errors == ()


@pytest.mark.parametrize("part", ["sources", "registry", "builds"])
def test_an_unexpected_error_of_one_part_stops_no_other(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a finding of its own, and the others are there."""
    asking = Asking()

    def explode(*_: object) -> None:
        raise RuntimeError("boom")

    for name in {"sources": ["files"], "registry": ["digest"], "builds": ["describe"]}[part]:
        monkeypatch.setattr(getattr(asking, part), name, explode)

    found = asking.about()

    unknown = [item for item in found.items if item.unknown]
    assert unknown
    assert all("internal error: RuntimeError" in item.message for item in unknown)
    assert len(found.items) >= 3
    assert not found.complete


def test_what_hangs_is_not_waited_for_and_its_answer_is_there_later() -> None:
    """The deadline holds for all parts together."""
    asking, released = Asking(), threading.Event()
    asking.registry.on_call = lambda _: released.wait(60)

    found = asking.checks.findings(enrolled("portal"), snapshot(), Deadline.after(0.05))

    late = [item.message for item in found.items if item.unknown]
    assert [message.count("has not answered in time; ask again in a moment") for message in late] == [1, 1]
    released.set()
    assert asking.about().complete
    assert sum(call.reference == NODE_IMAGE for call in asking.registry.calls) == 1


def test_a_repeated_question_costs_no_request() -> None:
    """A form asks at each keystroke; what it did not change is known for half a minute."""
    asking = Asking()
    first = asking.about()
    calls, reads, looks = len(asking.registry.calls), len(asking.sources.asked), len(asking.builds.looks)

    assert asking.about() == first
    retitled = asking.about(enrolled("portal", title="Portal", criticality=enrolled("x").criticality))

    assert retitled == first
    assert (len(asking.registry.calls), len(asking.sources.asked), len(asking.builds.looks)) == (calls, reads, looks)
    asking.seconds += 31
    asking.about()
    assert len(asking.registry.calls) == 2 * calls


def test_another_target_reads_no_file_again() -> None:
    """Only what is asked for changes; the files are the same."""
    asking = Asking()
    asking.sources.put("acme/portal", "Dockerfile", f"FROM {NODE} AS a\nFROM debian:12 AS b\n")
    asking.about()
    reads = len(asking.sources.asked)

    found = asking.about(enrolled("portal", source=Source("github", "acme/portal", target="a")))

    assert len(asking.sources.asked) == reads
    assert [each.role for each in found.bases if each.reference == NODE] == [DependencyRole.FINAL]


def test_a_corrected_mistake_is_seen_soon() -> None:
    """What is wrong is asked again after a few seconds."""
    asking = Asking()
    asking.builds.missing = True
    assert asking.about().errors
    asking.builds.missing = False

    asking.seconds += 6

    assert asking.about().errors == ()


def test_the_platforms_of_the_image_decide_what_is_read() -> None:
    """An entry that is changed keeps what is known of its image."""
    asking = Asking()
    asking.sources.put("acme/portal", "Dockerfile", "FROM node:22-$TARGETARCH\n")
    asking.registry.put("docker.io/library/node:22-arm64", NODE_DIGEST)

    found = asking.about(enrolled("portal", platforms=("linux/arm64",)))

    assert [each.reference for each in found.bases] == ["docker.io/library/node:22-arm64"]


def test_errors_come_first() -> None:
    """A person sees first what has to be corrected."""
    asking = Asking()
    asking.builds.missing = True

    levels = [item.level for item in asking.about().items]

    assert levels == sorted(levels, key=list(Level).index)


def test_a_repository_that_cannot_be_read_is_one_finding_of_one_field() -> None:
    """The workflow is in the same repository, so its missing is no second fault."""
    asking = Asking()
    asking.builds.go_down(NoSuchRepository("there is no repository github:acme/none"))

    errors = asking.about(enrolled("portal", source=Source("github", "acme/none"))).errors

    assert [item.field for item in errors] == ["source.repo"]


def test_more_images_than_are_asked_for_are_said() -> None:
    """Of very many images, those that nobody asked for are not known."""
    asking = Asking()
    asking.sources.put("acme/portal", "Dockerfile", "".join(f"FROM alpine:{number}\n" for number in range(60)))

    found = asking.about()

    assert sum(item.message.endswith("the files name too many images to ask for each") for item in found.items) == 10
    assert sum(each.availability is Availability.UNKNOWN for each in found.bases) == 10
