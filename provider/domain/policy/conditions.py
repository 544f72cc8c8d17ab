"""What an entry of a team's file gets only under a condition that the files alone do not show. Pure."""

from collections.abc import Iterator

from provider.domain.enrollment import Enrollment
from provider.domain.policy.authority import Refusal, authority_of, branch_name, missing_rule, source_text
from provider.domain.policy.rules import Policy


def conditions(policy: Policy, enrollment: Enrollment) -> Iterator[Refusal]:
    """The conditions that the service checks later, in the order of the keys; the message names the rule without them.

    A build system other than GitHub Actions has no such condition: it needs a rule, or an admin.
    """
    source, build, authority = enrollment.source, enrollment.build, authority_of(policy, enrollment)
    if source is None:
        return
    if not authority.shows_runs:
        rule = missing_rule(enrollment, "sources", source_text(source))
        yield Refusal(("source", "repo"), f"its workflow runs are shown only with a rule; {rule}")
    branch = (build.ref if build else None) or source.branch
    if build and branch and authority.needs_default_branch and authority.no_build is None:
        field = ("build", "ref") if build.ref else ("source", "branch")
        rule = missing_rule(enrollment, "refs", branch_name(branch))
        yield Refusal(field, f"{branch} is built only if it is the default branch of the repository; {rule}")
    if build and build.workflow and authority.needs_id:
        field = ("source", "workflow") if build.is_workflow_alone else ("build", "workflow")
        rule = missing_rule(enrollment, "workflows", build.workflow)
        yield Refusal(
            field, f"{build.workflow} is started only if it declares the input image_factory_rebuild_id; {rule}"
        )
