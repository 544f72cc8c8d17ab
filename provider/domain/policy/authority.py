"""What an entry may do, by the file that it comes from: `images.yaml` is the admins', other files need rules. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.reference import ImageReference
from provider.domain.enrollment import Enrollment, Source
from provider.domain.policy.patterns import matches_any
from provider.domain.policy.rules import Policy, PolicyRule

_BRANCHES = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Authority:
    """What one entry may do. Every place that acts on an entry asks this value.

    Attributes:
        shows_runs: callers may read the workflow runs of its source repository.
        owner_acts: its owner may rebuild the image and re-run its workflow.
        claims_image: entries of other files trust it to make the image: they wait for its builds, and digests that its
            rebuilds made need not age.
        needs_id: a workflow that does not declare the id of a rebuild is not started.
        needs_default_branch: no other branch than the default branch is built.
        no_build: why nothing is built for it, a sentence that names the missing rule; None: a build may start.
    """

    shows_runs: bool
    owner_acts: bool
    claims_image: bool
    needs_id: bool
    needs_default_branch: bool
    no_build: str | None = None


ADMINS = Authority(
    shows_runs=True, owner_acts=True, claims_image=True, needs_id=False, needs_default_branch=False, no_build=None
)
"""The authority of an entry of images.yaml: everything."""


def authority_of(policy: Policy, enrollment: Enrollment) -> Authority:
    """What the entry may do: everything in images.yaml, else the defaults and what the rules for its file add."""
    if enrollment.made_by_admin:
        return ADMINS
    rules = policy.rules_for(enrollment.file)
    building = [rule for rule in rules if not rule.sources or _covers_source(rule, enrollment)]
    return Authority(
        shows_runs=any(_covers_source(rule, enrollment) for rule in rules),
        owner_acts=enrollment.owner is None or any(_covers_owner(rule, enrollment.owner) for rule in rules),
        claims_image=may_claim(policy, enrollment),
        needs_id=not any(_covers_workflow(rule, enrollment) for rule in building),
        needs_default_branch=not any(_covers_ref(rule, enrollment) for rule in building),
        no_build=_no_build(rules, enrollment),
    )


def may_claim(policy: Policy, enrollment: Enrollment) -> bool:
    """Whether the entry may claim its image, whoever has it or uses it; `Authority.claims_image` by itself."""
    if enrollment.made_by_admin:
        return True
    image = enrollment.reference.image
    return any(matches_any(rule.images, image) for rule in policy.rules_for(enrollment.file))


def trusts(policy: Policy, enrollment: Enrollment, maker: Enrollment) -> bool:
    """Whether an entry trusts another one to make the image that it depends on: by its file, or by authority."""
    return maker.file == enrollment.file or may_claim(policy, maker)


def is_own(policy: Policy, image: ImageReference) -> bool:
    """Whether the organisation builds this repository itself, by policy.yaml."""
    return matches_any(policy.own, image.image)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A field of an entry that no rule allows; the message says what does not happen, and which rule would allow it."""

    field: tuple[str, ...]
    message: str


def refusals(policy: Policy, enrollment: Enrollment) -> Iterator[Refusal]:
    """What the entry asks for and no rule allows, as far as the files alone show it.

    Whether a workflow declares the id, and which branch is the default one, is known when a build starts.
    """
    authority = authority_of(policy, enrollment)
    if enrollment.owner and not authority.owner_acts:
        rule = missing_rule(enrollment, "owners", enrollment.owner)
        yield Refusal(("owner",), f"no rule lets this file name {enrollment.owner}, who gets no rights by it; {rule}")
    if authority.no_build:
        yield Refusal(("build", "system"), authority.no_build)


def claim_refusal(enrollment: Enrollment, users: frozenset[str]) -> Refusal:
    """The refusal of an entry that claims a repository which the entries of other files use; `users`: their names."""
    image = enrollment.reference.image
    first, *others = sorted(users)
    more = f" and {len(others)} more" if others else ""
    rule = missing_rule(enrollment, "images", image)
    return Refusal(
        ("repository",), f"{first}{more} in another file uses {image}, and no rule lets this file claim it; {rule}"
    )


def origin_refusal(enrollment: Enrollment, field: str, origin: str) -> Refusal:
    """The refusal of an entry for an image that another file enrolled, also if that entry is gone now."""
    rule = missing_rule(enrollment, "images", enrollment.reference.image)
    what = enrollment.name if field == "name" else enrollment.reference.image
    return Refusal((field,), f"{what} was enrolled in {origin}, and no rule lets this file enroll it; {rule}")


def missing_rule(enrollment: Enrollment, key: str, value: str) -> str:
    """What an admin adds to policy.yaml to allow this value."""
    return f"add to rules in policy.yaml: {{files: {enrollment.file}, {key}: [{_quoted(value)}]}}"


def source_text(source: Source) -> str:
    """The source as patterns name it, `github:acme/portal`."""
    return f"{source.provider}:{source.repo}"


def branch_name(ref: str) -> str:
    """The name of a branch, which may be written in full (`refs/heads/main`)."""
    return ref.removeprefix(_BRANCHES)


def _covers_source(rule: PolicyRule, enrollment: Enrollment) -> bool:
    return enrollment.source is not None and _matches_source(rule, source_text(enrollment.source))


def _matches_source(rule: PolicyRule, source: str) -> bool:
    if source.startswith("git:"):
        return matches_any(rule.sources, source)
    # GitHub and GitLab do not tell upper and lower case apart in the names of repositories.
    return matches_any(tuple(pattern.lower() for pattern in rule.sources), source.lower())


def _covers_owner(rule: PolicyRule, owner: str) -> bool:
    return matches_any(tuple(pattern.lower() for pattern in rule.owners), owner.lower())


def _covers_workflow(rule: PolicyRule, enrollment: Enrollment) -> bool:
    workflow = enrollment.build.workflow if enrollment.build else None
    return workflow is not None and matches_any(rule.workflows, workflow)


def _covers_ref(rule: PolicyRule, enrollment: Enrollment) -> bool:
    built = enrollment.build.ref if enrollment.build else None
    ref = built or (enrollment.source.branch if enrollment.source else None)
    return ref is not None and matches_any(rule.refs, branch_name(ref))


def _no_build(rules: Iterable[PolicyRule], enrollment: Enrollment) -> str | None:
    """Only workflows can show their consent by declaring the id, so other builds need a rule, or an admin."""
    build = enrollment.build
    if build and build.system == "webhook":
        return "only images.yaml may name a webhook, so nothing is built; ask an admin to enroll the image there"
    if build is None or build.system != "gitlab":
        return None
    project = build.project or (enrollment.source.repo if enrollment.source else "")
    if any(_matches_source(rule, f"gitlab:{project}") for rule in rules):
        return None
    rule = missing_rule(enrollment, "sources", f"gitlab:{project}")
    return f"no rule lets this file start the pipelines of {project}, so nothing is built; {rule}"


def _quoted(value: str) -> str:
    """The value as YAML reads it inside brackets."""
    return f'"{value}"' if any(character in value for character in ":*,[]{}") else value
