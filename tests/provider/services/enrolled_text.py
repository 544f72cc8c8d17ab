"""Images that are enrolled by the text of images.yaml, as people write it."""

from textwrap import indent

from provider.config_repo.enrollments.files import read_enrollments
from provider.config_repo.state.documents import image_text, read_image
from provider.domain.enrollment import Enrollment
from tests.provider.services.world import DAY, HOUR, WINDOW, Company


def enrollment_of(source: str = "", entry: str = "") -> Enrollment:
    """The enrollment of ghcr.io/acme/portal, built by build.yml in acme/portal.

    Args:
        source: further lines of its `source`, at column 0.
        entry: further lines of the entry, at column 0.
    """
    text = (
        "- name: portal\n  registry: ghcr.io\n  repository: acme/portal\n  source:\n    provider: github\n"
        f"    repo: acme/portal\n    workflow: build.yml\n{indent(source, ' ' * 4)}\n{indent(entry, ' ' * 2)}\n"
    )
    read = read_enrollments({"images.yaml": text})
    assert read.problems == ()
    return read.valid[0].enrollment


def company_with(files: dict[str, str], source: str = "", entry: str = "") -> Company:
    """A company that enrolls the portal by text; its source repository has these files."""
    company = Company()
    enrollment = enrollment_of(source, entry)
    company.have(enrollment)
    company.sources.remove("acme/portal", "Dockerfile")
    company.sources.put("acme/portal", "README.md", "# Portal\n")
    for path, text in files.items():
        company.sources.put("acme/portal", path, text)
    company.snapshot.enroll(enrollment)
    return company


def state_text(company: Company) -> str:
    """The state file of the portal, which reads as the same state again."""
    text = image_text(company.image())
    assert read_image(text).state == company.image()
    return text


def dependencies(company: Company) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The role and the kinds of each dependency, by its short reference."""
    return {each.image.familiar: (each.role.value, each.kinds) for each in company.image().dependencies}


def passed(company: Company, moved: str) -> dict[str, str]:
    """What the build of the portal gets after this image has changed and aged: the written name to the reference."""
    company.move(moved, f"{moved} changed")
    company.after(HOUR)
    company.now += 7 * DAY + WINDOW
    company.round.run()
    (request,) = company.builds.dispatches
    documents = [target.document() for target in request.targets]
    return {str(item["written"]): f"{item['reference']}:{item['tag']}" for item in documents}
