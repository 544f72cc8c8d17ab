"""What is built is wired: no parameter, function, class or constant is there for tests alone."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.architecture.parameters import calls, is_passed, parameters
from tests.architecture.source_tree import ROOT, Module, last_name, modules, names_used

# Where a test has to move a clock, shorten a wait or roll the dice, the parameter is the seam it does it by.
SEAMS: dict[str, str] = {
    "provider/commands/asked_check.py: RunningService(sleep=)": "tests move a clock",
    "provider/config_repo/repository/config_repository.py: open(lock_seconds=)": "tests shorten the wait",
    "provider/config_repo/repository/config_repository.py: open(patience=)": "tests race without pauses",
    "provider/config_repo/repository/config_repository.py: open(sleep=)": "tests move a clock",
    "provider/config_repo/repository/config_repository.py: open(write=)": "tests fill the disk",
    "provider/config_repo/repository/lock.py: take(monotonic=)": "tests move a clock",
    "provider/jobs/dbos_jobs.py: DbosJobs(keep=)": "tests shorten the wait",
    "provider/jobs/dbos_jobs.py: DbosJobs(poll=)": "tests shorten the wait",
    "provider/jobs/dbos_jobs.py: DbosJobs(tend=)": "tests shorten the wait",
    "provider/notifications/sending.py: MessageSender(settling_time=)": "tests shorten the wait",
    "provider/services/enrollment_findings/checks.py: EnrollmentChecks(monotonic=)": "tests move a clock",
    "provider/services/reviewing/proposing.py: Reviews(monotonic=)": "tests move a clock",
    "provider/services/round.py: Round(settling_time=)": "tests shorten the wait",
    "provider/sources/git.py: GitSource(monotonic=)": "tests move a clock",
    "provider/sources/git.py: GitSource(network_seconds=)": "tests shorten the limit of git",
    "provider/store/cache.py: SqlCacheStorage(most_bytes=)": "tests fill a small cache",
    "provider/tracker/services/poll_round.py: PollRound(per_host=)": "tests count requests at a time",
    "provider/tracker/services/poll_round.py: PollRound(threads=)": "tests count requests at a time",
    "proxy/versions/sources.py: Upstreams(patience=)": "tests wait for nothing, or long enough",
    "provider/tracker/services/polling.py: Poller(patience=)": "tests move a clock",
    "provider/notifications/message_worker.py: MessageWorker(turn=)": "tests shorten the wait",
    "provider/tracker/sources/git.py: GitReleases(network_seconds=)": "tests shorten the limit of git",
    "proxy/cache/cache.py: Cache(most_bytes=)": "tests fill a small cache",
    "proxy/http/transport.py: Transport(connections=)": "benchmarks open more connections",
    "proxy/http/transport.py: Transport(jitter=)": "tests take the dice away",
    "proxy/http/resolving.py: SystemResolver(seconds=)": "tests shorten the wait",
    "proxy/http/transport.py: Transport(monotonic=)": "tests move a clock",
    "proxy/http/transport.py: Transport(whole_seconds=)": "tests shorten the limit of a request",
}

# Passed by code that does not name the callable: a table of functions, a library, the converter of state files.
PASSED_FROM_OUTSIDE: dict[str, str] = {
    "provider/tracker/decisions/transfer_csv.py: entries_of_csv(github_site=)": "called from a table of formats",
    "provider/tracker/decisions/transfer_list.py: entries_of_list(github_site=)": "called from a table of formats",
    "provider/tracker/decisions/transfer_yaml.py: entries_of_yaml(github_site=)": "called from a table of formats",
    "proxy/github/pygithub.py: requestJson(follow_302_redirect=)": "PyGithub passes it",
    "proxy/github/pygithub.py: requestJsonAndCheck(follow_302_redirect=)": "PyGithub passes it",
    "proxy/gitlab/client.py: send(cert=)": "requests passes it",
    "proxy/gitlab/client.py: send(proxies=)": "requests passes it",
    "proxy/github/run_lists.py: __call__(again=)": "a protocol; called by the name of its parameter",
}

# Used by code that does not name it: a library, another program, a field that a schema reads.
USED_FROM_OUTSIDE: dict[str, str] = {
    "catalog/render.py: ignore_aliases": "PyYAML calls it",
    "provider/domain/state.py: opened_at": "written to the state file, for people",
    "provider/notifications/channels/note_lines.py: handle_data": "html.parser calls it",
    "provider/notifications/channels/note_lines.py: handle_endtag": "html.parser calls it",
    "provider/notifications/channels/note_lines.py: handle_starttag": "html.parser calls it",
    "provider/store/tables.py: process_result_value": "SQLAlchemy calls it",
    "provider/store/tables.py: IMAGE_INDEXES": "part of the table's metadata once made",
    "provider/tracker/store/tables.py: DUE_INDEX": "part of the table's metadata once made",
    "provider/tracker/store/tables.py: IN_USE_INDEX": "part of the table's metadata once made",
    "provider/tracker/store/tables.py: PATH_INDEX": "part of the table's metadata once made",
    "provider/tracker/store/tables.py: SKIPPED_INDEX": "part of the table's metadata once made",
    "provider/tracker/store/tables.py: UNSEEN_INDEX": "part of the table's metadata once made",
    "provider/tracker/store/tables.py: REPOSITORY_INDEXES": "part of the table's metadata once made",
    "proxy/github/pygithub.py: getheaders": "PyGithub calls it",
    "proxy/github/pygithub.py: getresponse": "PyGithub calls it",
}

# Read by libraries by these names.
_HOOKS = frozenset({"Meta", "on_bind_field", "get_attribute", "describe", "collect", "process_bind_param"})
_READ_AS = frozenset({"property", "staticmethod", "classmethod", "cached_property", "contextmanager", "cache"})


@cache
def _used() -> frozenset[str]:
    """Every name that product code or a template reads."""
    in_code = (name for module in modules() for name in names_used(module.tree))
    templates = (file.read_text(encoding="utf-8") for file in (ROOT / "provider").rglob("*.html"))
    return frozenset(in_code) | frozenset(re.findall(r"\w+", " ".join(templates)))


def _public(module: Module) -> Iterator[str]:
    yield from _defined(module.tree.body, within=None)


def _defined(body: list[ast.stmt], within: str | None) -> Iterator[str]:
    for node in body:
        match node:
            case ast.ClassDef(name=name):
                yield name
                yield from _defined(node.body, name)
            case ast.FunctionDef(name=name) if _is_reached_by_name(node):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            # In a class an assignment is what a library reads: a schema's field, an option.
            case ast.Assign(targets=[ast.Name(id=name)]) if within is None:
                yield name
            case _:
                pass


def _is_reached_by_name(node: ast.FunctionDef) -> bool:
    """Other decorators hand the function to who calls it: a route, a hook."""
    named = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    return all(last_name(each) in _READ_AS for each in named)


@cache
def _unused() -> tuple[str, ...]:
    product = [module for module in modules() if ".migrations." not in module.name]
    known = _used() | _HOOKS
    public = ((module, name) for module in product for name in _public(module) if not name.startswith("_"))
    return tuple(sorted({f"{module.path}: {name}" for module, name in public if name not in known}))


@cache
def _never_passed() -> tuple[str, ...]:
    found = calls(modules())
    every = (parameter for module in modules() for parameter in parameters(module))
    return tuple(sorted({str(parameter) for parameter in every if not is_passed(parameter, found)}))


def test_every_parameter_is_passed_by_product_code() -> None:
    """A parameter that only tests pass is a promise that nobody keeps: credential helpers once hung on one."""
    assert [each for each in _never_passed() if each not in SEAMS | PASSED_FROM_OUTSIDE] == []


def test_every_public_name_is_used_by_product_code() -> None:
    """A function, class, field or constant without a reader is to be wired or removed."""
    assert [each for each in _unused() if each not in USED_FROM_OUTSIDE] == []


@pytest.mark.parametrize("exception", [*SEAMS, *PASSED_FROM_OUTSIDE, *USED_FROM_OUTSIDE])
def test_every_exception_is_still_one(exception: str) -> None:
    """Who wires it takes it off the list."""
    assert exception in {*_never_passed(), *_unused()}
