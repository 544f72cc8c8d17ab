"""Findings about the build system of an enrollment: whether a rebuild can be started, and what is passed to it."""

from collections.abc import Iterator

from provider.domain.build_request import BASE_IMAGES, FILLED_INPUTS, REBUILD_ID, BuildDescription
from provider.domain.enrollment import Enrollment
from provider.domain.findings.finding import Finding, Level, Unanswered, error, info, not_known, warning
from provider.domain.policy.authority import Authority, branch_name, missing_rule
from proxy.errors import Never, NoSuchBranch, NoSuchRepository, NotConfigured

_TO_ADD = "add `on: workflow_dispatch:` with the inputs " + ", ".join(FILLED_INPUTS)


def build_findings(
    enrollment: Enrollment, authority: Authority, answer: BuildDescription | Unanswered | None
) -> Iterator[Finding]:
    """What is right and wrong with the build.

    Args:
        enrollment: the entry.
        authority: what the entry may have built.
        answer: of the build system; None where the entry names none.
    """
    if enrollment.source is None:
        return
    field = build_field(enrollment)
    match answer:
        case None:
            message = "no build system is named, so the image is never rebuilt; write for example workflow: build.yml"
            yield warning("build", message)
        case BuildDescription():
            yield from _described(enrollment, authority, field, answer)
        case NotConfigured():
            yield warning("build.system", str(answer))
        case NoSuchRepository() | NoSuchBranch() if _builds_the_source(enrollment):
            # The source is read from there too, so the finding is on its field.
            return
        case Never():
            yield error(field, str(answer))
        case _:
            yield not_known(field, answer)


def build_field(enrollment: Enrollment) -> str:
    """The key that names the build: `source.workflow` where that is the whole build."""
    build = enrollment.build
    if build is None or build.is_workflow_alone:
        return "source.workflow" if build and build.workflow else "build"
    named = {"github-actions": "build.workflow", "gitlab": "build.project", "webhook": "build.url"}
    return named[build.system]


def _builds_the_source(enrollment: Enrollment) -> bool:
    build, source = enrollment.build, enrollment.source
    if build is None or source is None or build.ref not in (None, source.branch):
        return False
    return build.system != "gitlab" or build.project in (None, source.repo)


def _described(enrollment: Enrollment, authority: Authority, field: str, found: BuildDescription) -> Iterator[Finding]:
    if not found.startable:
        yield error(field, f"{found.where} has no workflow_dispatch trigger, so it cannot be started; {_TO_ADD}")
        return
    if found.demanded:
        names = ", ".join(sorted(found.demanded))
        yield error(field, f"{found.where} requires {names}, which a rebuild cannot fill; give each a default value")
    yield from _branch(enrollment, authority, found)
    yield from _inputs(enrollment, authority, field, found)


def _branch(enrollment: Enrollment, authority: Authority, found: BuildDescription) -> Iterator[Finding]:
    if not authority.needs_default_branch or found.ref is None or found.default_branch is None:
        return
    if (branch := branch_name(found.ref)) != found.default_branch:
        rule = missing_rule(enrollment, "refs", branch)
        named = "build.ref" if enrollment.build and enrollment.build.ref else "source.branch"
        message = f"{branch} is not the default branch ({found.default_branch}), and no rule lets this file build it"
        yield Finding(named, Level.WARNING, f"{message}; {rule}", needs_rule=True)


def _inputs(enrollment: Enrollment, authority: Authority, field: str, found: BuildDescription) -> Iterator[Finding]:
    taken = [name for name in FILLED_INPUTS if name in found.inputs]
    if REBUILD_ID not in found.inputs:
        workflow = enrollment.build.workflow if enrollment.build else None
        missing = f"{found.where} does not declare the input {REBUILD_ID}"
        if authority.needs_id:
            rule = missing_rule(enrollment, "workflows", workflow or "")
            message = f"{missing}, and no rule lets this file start it without; add the input, or {rule}"
            yield error(field, message)
        else:
            yield warning(field, f"{missing}, so a rebuild whose answer is lost may wait for a person; add the input")
    if BASE_IMAGES not in found.inputs:
        message = f"{found.where} does not declare the input {BASE_IMAGES}, so it builds on whatever the tags point to"
        yield warning(field, f"{message} at that time; add the input, and build on its digests")
    if taken:
        yield info(field, f"{found.where} can be started, and a rebuild fills {', '.join(taken)}")
    else:
        yield info(field, f"{found.where} can be started; a rebuild fills none of its inputs")
