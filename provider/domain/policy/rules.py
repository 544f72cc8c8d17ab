"""The rules of policy.yaml as values."""

from dataclasses import dataclass, field

from provider.domain.policy.patterns import matches_any


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule: what the entries of some files may do beyond the defaults. Each attribute is a list of patterns.

    Attributes:
        files: paths of teams' files, `images.d/team-a.yaml`.
        sources: `provider:repo`. Their runs are shown, and the workflows and refs of the rule count in them alone.
            Empty: the workflows and refs count in every source, and no runs are shown.
        images: registry and repository that the entries may claim, although others depend on them.
        workflows: file names of workflows that are started also if they do not declare the id of a rebuild.
        refs: branches that are built, beside the default branch of the repository.
        owners: owners that get the rights of an owner.
    """

    files: tuple[str, ...]
    sources: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


def every_rule(file: str) -> PolicyRule:
    """The rule that allows the entries of a file everything that a rule can allow."""
    anything = ("**",)
    return PolicyRule((file,), anything, anything, anything, anything, anything)


@dataclass(frozen=True, slots=True)
class Policy:
    """The content of policy.yaml.

    Attributes:
        own: registry and repository of images that the organisation builds itself: their digests need not age.
        rules: a rule that is not valid is left out, so it allows nothing.
        removals: names of images that may be removed together with however many others.
    """

    own: tuple[str, ...] = ()
    rules: tuple[PolicyRule, ...] = ()
    removals: frozenset[str] = frozenset()
    _by_file: dict[str, tuple[PolicyRule, ...]] = field(default_factory=dict, compare=False, repr=False)

    def rules_for(self, file: str) -> tuple[PolicyRule, ...]:
        """The rules for a team's file; remembered, because each decision about each of its entries asks for them."""
        if file not in self._by_file:
            self._by_file[file] = tuple(rule for rule in self.rules if matches_any(rule.files, file))
        return self._by_file[file]


NO_POLICY = Policy()
"""The defaults alone: the entries of teams' files do what needs no rule."""
