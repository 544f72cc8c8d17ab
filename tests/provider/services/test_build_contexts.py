"""Names behind `--from` that no registry has: perhaps build contexts that the enrollment does not name."""

import pytest

from catalog.image import DiscoveryStatus, Status
from proxy.errors import OutsideFailure, Refused, Unavailable
from proxy.registries.token_requests import WrongCredentials
from tests.provider.services.enrolled_text import company_with, dependencies, enrollment_of, passed, state_text
from tests.provider.services.world import DAY, HOUR, WINDOW, Company

DOCKERFILE = "FROM node:22\n\nCOPY --from=src . /app\n"
QUESTION = (
    "src (line 3) is no stage, and no registry had it; is it a named build context? Then write "
    "source.contexts: {src: local}; if it is an image, list it under baseImages"
)


def run(dockerfile: str = DOCKERFILE, source: str = "") -> Company:
    """One round over the portal; no registry has `src`."""
    company = company_with({"Dockerfile": dockerfile}, source)
    company.move("node:22", "node")
    company.round.run()
    return company


def test_a_name_that_no_registry_has_is_a_question_and_no_dependency() -> None:
    """It is not watched, and the image is not up to date before a person has answered."""
    company = run()

    assert dependencies(company) == {"node:22": ("final", ("from",))}
    assert set(company.store.read().bases) == {"node-22"}
    assert "unconfirmed:\n- name: src\n  line: 3\n  file: ''\n  absent: true\n" in state_text(company)
    assert company.status() == (Status.UNKNOWN.value, QUESTION)
    assert company.index.images["portal"].notes == (QUESTION,)
    assert f"portal: {QUESTION}" in [line for _, reasons in company.snapshot.commits for line in reasons]


def test_whoever_publishes_the_name_later_decides_nothing() -> None:
    """The image of a stranger causes no rebuild, is not passed, and the question stays, also after a restart."""
    company = run()
    company.move("src:latest", "a stranger's")
    for _ in range(3):
        company.after(DAY)
    company.restart()
    company.move("src:latest", "a stranger's other one")
    company.after(8 * DAY + WINDOW)
    company.after(HOUR)

    assert company.builds.dispatches == []
    assert company.status() == (Status.UNKNOWN.value, QUESTION)
    assert passed(company, "node:22") == {"node:22": "docker.io/library/node:22"}
    assert "absent: true" in state_text(company)
    assert not [call for call in company.registry.calls if call.reference.repository == "library/src"][2:]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("contexts: {src: local}", {"node:22": ("final", ("from",))}),
        (
            'contexts: {src: "docker-image://ghcr.io/acme/src:1"}',
            {"node:22": ("final", ("from",)), "ghcr.io/acme/src:1": ("stage", ("copy-from",))},
        ),
        ("baseImages: [src]", {"node:22": ("final", ("from",)), "src": ("stage", ("copy-from", "by-hand"))}),
    ],
)
def test_a_person_answers_in_the_enrollment(source: str, expected: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    """Then the question ends; an image that a person names is watched like any other."""
    company = run()
    company.snapshot.enroll(enrollment_of(source))
    for reference in ("src:latest", "ghcr.io/acme/src:1"):
        company.move(reference, reference)
    company.after(HOUR)

    assert dependencies(company) == expected
    assert company.image().unconfirmed == ()
    assert company.index.images["portal"].notes == ()


@pytest.mark.parametrize(
    "dockerfile",
    [
        "FROM node:22\nCOPY --from=busybox /bin /bin\n",
        "FROM node:22\nRUN --mount=from=busybox,target=/b x\n",
        "FROM node:22\nCOPY --from=busybox:latest /bin /bin\nCOPY --from=busybox /bin /bin\n",
    ],
)
def test_a_name_that_a_registry_has_is_an_image(dockerfile: str) -> None:
    """It is confirmed by the first check, and stays an image while its registry does not have it."""
    company = company_with({"Dockerfile": dockerfile})
    company.move("busybox:latest", "busybox")
    company.round.run()
    assert len(dependencies(company)) == 2
    assert company.image().unconfirmed == ()
    assert "unconfirmed" not in state_text(company)

    company.registry.fail("busybox:latest", Refused("docker.io answered 401"))
    company.after(DAY)
    company.after(DAY)
    assert len(dependencies(company)) == 2
    assert company.image().unconfirmed == ()


@pytest.mark.parametrize(
    ("error", "absent"),
    [
        (Refused("docker.io answered 401: or there is no such repository"), True),
        (WrongCredentials("the token server answered 401"), False),
        (Unavailable("docker.io does not answer"), False),
    ],
)
def test_only_an_answer_makes_a_name_absent(error: OutsideFailure, absent: bool) -> None:
    """Docker Hub answers 401 for what is not there; wrong credentials and a failure are no answer about the name."""
    company = company_with({"Dockerfile": DOCKERFILE})
    company.move("node:22", "node")
    company.registry.fail("src:latest", error)
    company.round.run()

    assert [name.absent for name in company.image().unconfirmed] == [absent]
    assert ("src" in dependencies(company)) is not absent
    assert company.status()[0] == Status.UNKNOWN.value

    company.registry.heal()
    company.move("src:latest", "found")
    company.after(DAY)
    assert ("src" in dependencies(company)) is not absent
    assert [name.absent for name in company.image().unconfirmed] == [True] * absent


@pytest.mark.parametrize(
    ("dockerfile", "line"),
    [
        ("FROM node:22\nCOPY --from=src . /app\n", 2),
        ("FROM node:22\nCOPY --from=other . /\n", None),
        ("FROM node:22\n", None),
    ],
)
def test_a_changed_dockerfile_changes_the_question(dockerfile: str, line: int | None) -> None:
    """The line is the current one; a name that the file no longer has is no question."""
    company = run()
    company.sources.put("acme/portal", "Dockerfile", dockerfile)
    company.round.check(["portal"])

    found = {name.name: name.line for name in company.image().unconfirmed if name.name == "src"}
    assert found == ({"src": line} if line else {})


def test_a_name_of_several_files_is_asked_about_with_its_file() -> None:
    """The line alone would not lead anywhere."""
    files = {"api/Dockerfile": "FROM node:22\n", "web/Dockerfile": "FROM node:22\nCOPY --from=src / /\n"}
    company = company_with(files, "dockerfile: [api/Dockerfile, web/Dockerfile]")
    company.move("node:22", "node")
    company.round.run()
    assert "src (web/Dockerfile line 2) is no stage" in company.status()[1]


def test_a_source_that_cannot_be_read_keeps_the_question() -> None:
    """As it keeps the dependencies."""
    company = run()
    company.sources.put("acme/portal", "Dockerfile", "no instruction\n")
    company.after(DAY)
    assert company.image().discovery is DiscoveryStatus.FAILED
    assert [name.name for name in company.image().unconfirmed] == ["src"]
