"""The pages of the demo's GitHub: a repository, its files, a commit, a workflow and a run. Pure.

The addresses are those of github.com, which the service makes its links from.
"""

import json
from collections.abc import Iterable

from demo.sites.page import Cell, Link, file, page, paragraph, table
from tests.peers.github.repository import Commit, Repository
from tests.peers.github.runs import Run, filtered
from tests.peers.github.state import State

_SITE = "GitHub of the demo"
_NOTE = "it has the repositories and the workflow runs of this demo, and nothing else"


def github_page(state: State, path: str) -> str | None:
    """The page at a path; None where there is none."""
    owner, _, rest = path.strip("/").partition("/")
    name, _, inside = rest.partition("/")
    repository = state.repositories.get(f"{owner}/{name}".lower())
    if repository is None:
        return None
    kind, _, rest = inside.partition("/")
    match kind, *rest.split("/"):
        case "", *_:
            return _files(state, repository, repository.default_branch, "")
        case "tree" | "blob", ref, *below:
            return _files(state, repository, ref, "/".join(below))
        case "commit", sha:
            return _commit(repository, repository.commits.get(sha))
        case "actions", "workflows", workflow:
            runs = [run for run in _runs(state, repository) if run.workflow.file_name == workflow]
            return _page(repository, f"Runs of {workflow}", [_run_table(repository, runs)])
        case "actions", "runs", number, *_ if number.isdecimal():
            return _run(repository, state.runs.get(int(number)))
        case _:
            return None


def _runs(state: State, repository: Repository) -> list[Run]:
    return filtered([run for run in state.runs.values() if run.repository is repository], {})


def _page(repository: Repository, title: str, parts: Iterable[str]) -> str:
    home = Link(repository.full_name, f"/{repository.full_name}")
    return page(_SITE, _NOTE, title, [paragraph(home), *parts])


def _files(state: State, repository: Repository, ref: str, below: str) -> str | None:
    commit = repository.resolve(repository.default_branch if ref == "HEAD" else ref)
    if commit is None:
        return None
    shown = {
        path: content
        for path, content in sorted(commit.files.items())
        if not below.strip("/") or path == below or path.startswith(f"{below.rstrip('/')}/")
    }
    if not shown:
        return None
    parts = [file(path, content) for path, content in shown.items()]
    return _page(
        repository, f"{repository.full_name} at {ref}", [*parts, _run_table(repository, _runs(state, repository))]
    )


def _commit(repository: Repository, commit: Commit | None) -> str | None:
    if commit is None:
        return None
    files = [file(path, content) for path, content in sorted(commit.files.items())]
    return _page(repository, f"Commit {commit.sha[:12]}", [paragraph(commit.message), *files])


def _run_table(repository: Repository, runs: Iterable[Run]) -> str:
    rows: list[list[Cell]] = [
        [
            Link(str(run.id), f"/{repository.full_name}/actions/runs/{run.id}"),
            run.title,
            run.conclusion or run.status,
            f"{run.created_at:%Y-%m-%d %H:%M:%S} UTC",
        ]
        for run in runs
    ]
    return table("Workflow runs", ("Run", "Title", "Result", "Started"), rows)


def _run(repository: Repository, run: Run | None) -> str | None:
    if run is None or run.repository is not repository:
        return None
    facts = [
        ("Result", run.conclusion or run.status),
        ("Workflow", run.workflow.path),
        ("Started by", f"{run.actor} ({run.event})"),
        ("Commit", f"{run.head_sha} of {run.head_branch}"),
        ("Attempt", str(run.attempt)),
    ]
    inputs = [[name, _readable(value)] for name, value in run.inputs.items()]
    return _page(
        repository,
        run.title,
        [table("Run", ("", ""), facts), table("What the service passed to it", ("Input", "Value"), inputs)],
    )


def _readable(value: str) -> str:
    """A list of base images with a line for each."""
    try:
        found = json.loads(value)
    except ValueError:
        return value
    return "; ".join(f"{base['written']} = {base['reference']}@{base['digest']}" for base in found)
