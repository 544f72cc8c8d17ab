"""Import the repositories of an owner at GitHub, or those that a user has starred."""

from collections.abc import Collection
from dataclasses import dataclass

from provider.domain.source_address import repo_problem
from provider.tracker.decisions.addresses import GITHUB_SITE, parse_address
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.transfer import TransferProblem
from provider.tracker.ports import OwnerListKind, OwnerRepositories, OwnerRepository, TrackerStore
from provider.tracker.services.transferring import ImportFormat, ImportReport, Transferring


@dataclass(frozen=True, slots=True)
class Candidate:
    """A repository that can be tracked; `tracked`: it is already, with or without a filter."""

    repository: OwnerRepository
    url: str
    tracked: bool


@dataclass(frozen=True, slots=True)
class OwnerPreview:
    """What the list of an owner has.

    Attributes:
        candidates: the repositories to choose from, by name.
        forks, archived: how many are left out because they are forks; and others, because they are archived.
        whole: the list was read to its end.
    """

    candidates: tuple[Candidate, ...]
    forks: int
    archived: int
    whole: bool

    @property
    def fresh(self) -> tuple[Candidate, ...]:
        """The candidates that are not tracked yet."""
        return tuple(each for each in self.candidates if not each.tracked)


class OwnerImport:
    """Shows and adds the repositories of an owner.

    Args:
        store: the tracked repositories.
        owners: reads the lists of owners.
        transferring: adds repositories, all or none.
        github_site: the web address of GitHub.
    """

    def __init__(
        self,
        store: TrackerStore,
        owners: OwnerRepositories,
        transferring: Transferring,
        *,
        github_site: str = GITHUB_SITE,
    ) -> None:
        self._store = store
        self._owners = owners
        self._transferring = transferring
        self._github_site = github_site

    def preview(self, owner: str, kind: OwnerListKind, *, forks: bool, archived: bool) -> OwnerPreview:
        """What could be added; nothing is written.

        Args:
            owner: the name of a user or an organization.
            kind: which of their lists.
            forks: whether forks are among the candidates.
            archived: whether archived repositories are among them.

        Raises:
            proxy.errors.OutsideFailure: the list cannot be read; NotFound: there is no such owner.
        """
        found = self._owners.read(owner.strip().removeprefix("@"), kind)
        forked = [each for each in found.repositories if each.fork and not forks]
        old = [each for each in found.repositories if each.archived and not archived and each not in forked]
        left = sorted(set(found.repositories) - {*forked, *old}, key=lambda each: each.path.lower())
        tracked = self._store.address_keys(RepositoryType.GITHUB)
        candidates = tuple(self._candidate(each, tracked) for each in left)
        return OwnerPreview(candidates, len(forked), len(old), found.whole)

    def add(self, paths: Collection[str]) -> ImportReport:
        """Track these repositories, as OWNER/NAME; all or none.

        A text of several lines, or another address, is no such path, whoever sent it in place of an offered one.
        """
        wrong = ((number, repo_problem("github", path)) for number, path in enumerate(paths, 1))
        problems = tuple(TransferProblem(number, f"url: {problem}") for number, problem in wrong if problem)
        if problems:
            return ImportReport(problems=problems)
        urls = [f"{self._github_site}/{path}" for path in paths]
        return self._transferring.import_text("\n".join(urls), ImportFormat.LIST)

    def _candidate(self, repository: OwnerRepository, tracked: Collection[str]) -> Candidate:
        address = parse_address(repository.path, RepositoryType.GITHUB, github_site=self._github_site)
        return Candidate(repository, address.url, tracked=address.key in tracked)
