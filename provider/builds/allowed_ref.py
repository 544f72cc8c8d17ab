"""Whether an entry may have a branch built. Pure, except for the question which branch is the default one."""

from collections.abc import Callable

from provider.domain.build_request import BuildRequest
from provider.domain.policy.authority import branch_name
from proxy.errors import Refused


def check_ref(request: BuildRequest, repository: str, default_branch: Callable[[], str]) -> None:
    """Refuse a branch that is not the default one where the entry needs that, before anything of it is read.

    Args:
        request: with the branch, and with what its entry may do.
        repository: that is built, for the message.
        default_branch: asks for it; called only where the answer decides.

    Raises:
        Refused: the message names the rule that is missing.
    """
    explicit = request.build.ref or request.source.branch
    if not request.authority.needs_default_branch or explicit is None:
        return
    if branch_name(explicit) != (default := default_branch()):
        missing = f"is not the default branch of {repository} ({default}), and no rule lets {request.file}"
        raise Refused(f"{explicit} {missing} build it; {rule_for(request, 'refs', branch_name(explicit))}")


def rule_for(request: BuildRequest, key: str, value: str) -> str:
    """The rule that an admin adds to allow this value for the source of the request."""
    source = f"{request.source.provider}:{request.source.repo}"
    rule = f'{{files: {request.file}, sources: ["{source}"], {key}: ["{value}"]}}'
    return f"add to rules in policy.yaml: {rule}"
