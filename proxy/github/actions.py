"""Reads the runs of one workflow, and runs one again."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote, urlencode

from proxy.cache import Cached, CacheEntry, Confirmed, Fetched
from proxy.errors import NotFound, OutcomeUnknown, Refused
from proxy.github.kept_runs import KeptRuns
from proxy.github.renames import check_name
from proxy.github.run_documents import RunList, condense, read_list, read_run
from proxy.github.run_lists import PER_PAGE, part_of
from proxy.github.run_types import NotRerunnable, RunPage, RunQuery, WorkflowRun
from proxy.github.session import GitHubSession

FRESH = timedelta(seconds=60)
FRESH_WHILE_RUNNING = timedelta(seconds=10)
_FOLDER = ".github/workflows"
# GitHub's own words (issues cli/cli 9221 and 9989), and ours for a 409 or 422 (`failures.py`).
_NOT_AS_IT_IS = re.compile(r"already running|cannot be retried|unable to retry|cannot be carried out", re.IGNORECASE)
_WORDS = re.compile(r"\((?P<words>.+)\): ")


class WorkflowRuns:
    """Reads and re-runs workflow runs with the service's credentials. Safe to use from many threads.

    Args:
        session: sends the requests.
        kept: the cached answers.
    """

    def __init__(self, session: GitHubSession, kept: KeptRuns) -> None:
        self._session = session
        self._kept = kept

    def page(self, source_repo: str, workflow: str, query: RunQuery) -> RunPage:
        """A page of the runs of one workflow; each of GitHub's pages is cached separately.

        Args:
            source_repo: OWNER/NAME.
            workflow: the name of the workflow's file.
            query: the filters and the page.

        Raises:
            NotFound: there is no such repository or workflow, or the repository was renamed.
            OutsideFailure: GitHub gave no answer, and none is cached.
        """
        filters = {name: value for name, value in (("status", query.status), ("branch", query.branch)) if value}
        answers: list[Cached] = []

        def read(created: str | None, page: int, *, again: bool = False) -> RunList:
            wanted = {**filters, **({"created": created} if created else {}), "page": str(page)}
            answer = self._read(source_repo, workflow, wanted, refresh=query.refresh or again)
            answers.append(answer)
            return _checked(read_list(answer.body), source_repo)

        part = part_of(read, (query.page - 1) * query.size, query.size, filtered=bool(filters))
        return RunPage(
            [run for run in part.runs if _belongs(run, workflow)],
            part.total,
            any(answer.stale for answer in answers),
            min(answer.fetched_at for answer in answers),
        )

    def run(self, source_repo: str, run_id: int) -> WorkflowRun:
        """One run as it is now, without the cache.

        Raises:
            NotFound: the repository has no run with this id.
            OutsideFailure: GitHub gave no answer.
        """
        path = f"{_actions(source_repo)}/runs/{run_id}"
        answer = self._session.ask("GET", path, owner=_owner(source_repo))
        return _of_repository(read_run(answer.body, path), source_repo)

    def rerun(self, source_repo: str, workflow: str, run_id: int, *, failed_only: bool) -> None:
        """Run a run of this workflow again: one POST, which is never repeated.

        Args:
            source_repo: OWNER/NAME.
            workflow: the name of the workflow's file.
            run_id: GitHub's id of the run.
            failed_only: run only the failed jobs and the jobs that depend on them.

        Raises:
            NotFound: the workflow has no such run.
            NotRerunnable: the run cannot be run again as it is.
            OutcomeUnknown: GitHub may have accepted the request.
            OutsideFailure: GitHub did not accept the request.
        """
        run = self.run(source_repo, run_id)
        if not _belongs(run, workflow):
            raise NotFound(f"{source_repo} has no run {run_id} of the workflow {workflow}; list the workflow's runs")
        if not run.is_completed:
            raise NotRerunnable(
                f"run {run_id} of {source_repo} is {run.status}; it can be run again after it has ended"
            )
        if failed_only and run.conclusion == "success":
            raise NotRerunnable(f"no job failed in run {run_id} of {source_repo}; run all jobs again instead")
        self._send(run, "rerun-failed-jobs" if failed_only else "rerun", source_repo)

    def _send(self, run: WorkflowRun, what: str, source_repo: str) -> None:
        path = f"{_actions(source_repo)}/runs/{run.id}/{what}"
        try:
            self._session.ask("POST", path, owner=_owner(source_repo))
        except Refused as error:
            raise _refusal(error, run.id) from error
        except OutcomeUnknown as error:
            self._kept.changed(source_repo)
            raise OutcomeUnknown(
                f"it is not known whether run {run.id} of {source_repo} is run again; the request is not repeated, "
                f"so check {run.url} before you try again ({error})"
            ) from error
        self._kept.changed(source_repo)

    def _read(self, source_repo: str, workflow: str, wanted: dict[str, str], *, refresh: bool) -> Cached:
        parameters = urlencode(sorted({**wanted, "per_page": str(PER_PAGE)}.items()))
        path = f"{_actions(source_repo)}/workflows/{quote(workflow, safe='')}/runs?{parameters}"

        def fetch(entry: CacheEntry | None) -> Fetched | Confirmed:
            answer = self._session.conditional(path, owner=_owner(source_repo), entry=entry, fresh_for=FRESH)
            if isinstance(answer, Confirmed):
                return answer
            body = condense(answer.body, path.partition("?")[0])
            return replace(answer, body=body, headers={}, fresh_for=_fresh_for(read_list(body)))

        return self._kept.get(source_repo, f"github-runs {path}", fetch, refresh=refresh)


def _fresh_for(found: RunList) -> timedelta:
    return FRESH if all(run.is_completed for run in found.runs) else FRESH_WHILE_RUNNING


def _checked(found: RunList, source_repo: str) -> RunList:
    for run in found.runs:
        _of_repository(run, source_repo)
    return found


def _of_repository(run: WorkflowRun, source_repo: str) -> WorkflowRun:
    check_name(source_repo, run.repository)
    return run


def _belongs(run: WorkflowRun, workflow: str) -> bool:
    return run.workflow == f"{_FOLDER}/{workflow}"


def _refusal(error: Refused, run_id: int) -> NotRerunnable | Refused:
    if not _NOT_AS_IT_IS.search(str(error)):
        return error
    words = _WORDS.search(str(error))
    return NotRerunnable(f"GitHub does not run run {run_id} again: {words['words'] if words else error}")


def _owner(source_repo: str) -> str:
    return source_repo.partition("/")[0]


def _actions(source_repo: str) -> str:
    return f"/repos/{quote(source_repo)}/actions"
