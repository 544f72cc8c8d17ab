"""Open a pull request for a change of an entry, where it may not be committed directly, and tell how it ended."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provider.domain.enrolling.change import EntryEdit, Requester
from provider.domain.enrolling.review import BRANCHES, body_of, branch_of, image_of, title_of
from provider.domain.findings.finding import Findings
from provider.errors import ReviewNotPossible
from provider.forge_ports import Forge, ProposedPullRequest, PullRequest, PullRequestState
from proxy.deadline import Monotonic

_KNOWN_SECONDS = 20.0
_BY_SETTING = "IMAGE_FACTORY_ENROLLMENTS is pull-request, so every change is reviewed."
_PROTECTED = "The config branch does not accept this commit directly."


@dataclass(frozen=True, slots=True)
class Review:
    """A pull request, and the image that it is about."""

    image: str
    pull_request: PullRequest


class Reviews:
    """Pull requests for changes of entries. Thread-safe.

    Args:
        forge: hosts the config repository; None: it is at neither GitHub nor GitLab, or there are no credentials.
        base: the branch of the configuration.
        always: every change is reviewed.
        monotonic: the clock for the age of what is known of pull requests.
    """

    def __init__(self, forge: Forge | None, base: str, *, always: bool, monotonic: Monotonic = time.monotonic) -> None:
        self._forge = forge
        self._base = base
        self._always = always
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: tuple[float, Sequence[Review]] | None = None

    @property
    def are_possible(self) -> bool:
        """Whether the site of the config repository has pull requests that the service can open."""
        return self._forge is not None

    def reason(self, findings: Findings, requester: Requester) -> str | None:
        """Why the change is reviewed before it is committed, a sentence; None: it is committed.

        What no rule allows needs an admin's word; where an admin asks for it, it is given.
        """
        if self._always:
            return _BY_SETTING
        missing = [item.message for item in findings.items if item.needs_rule]
        if not missing or requester.is_admin:
            return None
        return f"An admin decides about what no rule of policy.yaml allows: {'; '.join(missing)}."

    def may_add_rules(self, requester: Requester) -> bool:
        """Whether a change that only lacks rules of policy.yaml may be proposed; an admin adds the rules instead."""
        return self._forge is not None and not requester.is_admin

    def can_replace(self, refused: Exception) -> str | None:
        """Why a commit that was refused becomes a pull request, a sentence; None where none can be opened."""
        return f"{_PROTECTED} {refused}" if self._forge else None

    def open(
        self,
        edit: EntryEdit,
        diff: str,
        findings: Findings,
        requester: Requester,
        why: str,
        push: Callable[[str], None],
    ) -> PullRequest:
        """Open a pull request for this edit; where one is open for it, that one.

        Args:
            edit: of one file.
            diff: its unified diff.
            findings: about the entry.
            requester: who asks for it.
            why: it is reviewed, a sentence.
            push: pushes the edit to a branch with this name.

        Raises:
            ReviewNotPossible: there is no site that could have it.
            OutsideFailure, ProviderError: the site or the repository cannot be used now, or refuses.
        """
        if self._forge is None:
            raise ReviewNotPossible(
                f"{why} The config repository is at neither GitHub nor GitLab, or the settings have no credentials for "
                "their API, so no pull request can be opened: change the file in git, or ask an admin"
            )
        branch = branch_of(edit)
        if found := self._open_one(self._forge, branch):
            return found
        push(branch)
        body = body_of(diff, findings, requester.name, why)
        opened = self._forge.open(ProposedPullRequest(branch, self._base, title_of(edit), body))
        with self._lock:
            self._known = None
        return opened

    def all(self) -> Sequence[Review]:
        """The last pull requests for changes of entries, newest first, as they were at most 20 seconds ago."""
        if self._forge is None:
            return ()
        with self._lock:
            if self._known and self._monotonic() - self._known[0] < _KNOWN_SECONDS:
                return self._known[1]
            listed = self._forge.pull_requests(BRANCHES, self._base)
            found = [Review(image, each) for each in listed if (image := image_of(each.branch))]
            self._known = self._monotonic(), found
            return found

    def _open_one(self, forge: Forge, branch: str) -> PullRequest | None:
        listed = forge.pull_requests(branch, self._base)
        return next((each for each in listed if each.branch == branch and each.state is PullRequestState.OPEN), None)
