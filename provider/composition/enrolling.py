"""Makes the changes of enrollments by callers from the parts of a process."""

from functools import partial

from provider.composition.config_checkout import opened_repository, web_checkout
from provider.composition.config_site import forge, page_of_commit
from provider.composition.parts import Parts, utc_now
from provider.composition.worker import build_systems, sources
from provider.config_repo.entry_commits.git_enrollment_files import GitEnrollmentFiles
from provider.services.enrolling.first_discovery import FirstDiscovery
from provider.services.enrolling.service import Enrolling
from provider.services.enrolling.use_cases import EnrollingUseCases
from provider.services.enrollment_findings.checks import EnrollmentChecks
from provider.services.reviewing.proposing import Reviews
from provider.store.operations.check_requests import SqlCheckRequests
from provider.store.operations.keyed_requests import SqlKeyedRequests

_NETWORK_SECONDS = 30.0
"""A caller waits for each request of git, so it ends sooner than those of the worker."""


def enrolling_use_cases(parts: Parts) -> EnrollingUseCases:
    """What the web part needs for enrolling."""
    return EnrollingUseCases(enrolling_of(parts), FirstDiscovery(parts.index), SqlKeyedRequests(parts.engine))


def enrolling_of(parts: Parts) -> Enrolling:
    """Commits in the checkout of the web part, which is made when it is first needed."""
    settings = parts.settings
    opened = partial(opened_repository, parts, web_checkout(settings), network_seconds=_NETWORK_SECONDS)
    return Enrolling(
        GitEnrollmentFiles(opened, settings.http_hosts),
        EnrollmentChecks(sources(parts), parts.registries, build_systems(parts), utc_now),
        settings.default_owner,
        settings.http_hosts,
        SqlCheckRequests(parts.engine),
        utc_now,
        Reviews(forge(parts), settings.config_branch, always=settings.enrollments == "pull-request"),
        partial(page_of_commit, settings),
    )
