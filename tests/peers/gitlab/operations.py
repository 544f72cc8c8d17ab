"""What the operations of the fake GitLab do."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.peers.exchange import Answer, json_answer
from tests.peers.gitlab.contract import Json
from tests.peers.gitlab.state import WEB, Pipeline, Project, State, Token

_MOST_VARIABLE = 131_072


class GitLabRefused(Exception):
    """GitLab answers this status and message instead."""

    def __init__(self, status: int, message: Json) -> None:
        super().__init__(str(message))
        self.answer = json_answer(status, {"message": message})


class GitLabMoved(Exception):
    """The project has another path now; reads are redirected to its id (GitLab's merge request 128642)."""

    def __init__(self, project: Project) -> None:
        super().__init__(project.path)
        self.project = project


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation gets."""

    state: State
    method: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    token: Token | None

    @property
    def project(self) -> Project:
        """The project that the path names."""
        name = self.parameters["id"]
        found = self.state.named(name)
        if found is None and self.method == "GET" and (moved := self.state.formerly(name)):
            raise GitLabMoved(moved)
        if found is None or (found.private and self.token is None):
            raise GitLabRefused(404, "404 Project Not Found")
        return found

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline that the path names."""
        found = self.project.pipelines.get(int(self.parameters["pipeline_id"]))
        if found is None:
            raise GitLabRefused(404, "404 Not found")
        return found

    def require_token(self) -> Token:
        """The caller's token."""
        if self.token is None:
            raise GitLabRefused(401, "401 Unauthorized")
        return self.token


Perform = Callable[[Call], Answer]


def get_project(call: Call) -> Answer:
    """GET /projects/ID."""
    project = call.project
    branch = project.default_branch if project.branches else None
    document = {
        "id": project.id,
        "path_with_namespace": project.path,
        "default_branch": branch,
        "web_url": f"{WEB}/{project.path}",
    }
    return json_answer(200, document)


def get_user(call: Call) -> Answer:
    """GET /user."""
    return json_answer(200, {"id": 7, "username": call.require_token().login, "state": "active"})


def get_branch(call: Call) -> Answer:
    """GET /projects/ID/repository/branches/NAME."""
    project, name = call.project, call.parameters["branch"]
    if name not in project.branches:
        raise GitLabRefused(404, "404 Branch Not Found")
    return json_answer(200, {"name": name, "default": name == project.default_branch, "protected": False})


def get_file(call: Call) -> Answer:
    """GET /projects/ID/repository/files/PATH."""
    project, path, ref = call.project, call.parameters["file_path"], call.query["ref"]
    files = project.branches.get(project.default_branch if ref == "HEAD" else ref)
    if files is None:
        raise GitLabRefused(404, "404 Commit Not Found")
    if path not in files:
        raise GitLabRefused(404, "404 File Not Found")
    content = files[path].encode()
    sha = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    document = {
        "file_name": path.rpartition("/")[2],
        "file_path": path,
        "size": len(content),
        "encoding": "base64",
        "content": base64.b64encode(content).decode(),
        "ref": ref,
        "blob_id": sha,
        "commit_id": sha,
        "last_commit_id": sha,
    }
    return json_answer(200, document)


def create_pipeline(call: Call) -> Answer:
    """POST /projects/ID/pipeline."""
    project, token = call.project, call.require_token()
    if not token.can_build:
        raise GitLabRefused(403, "403 Forbidden")
    variables = {each["key"]: each["value"] for each in (call.body.get("variables") or ())}
    if variables and not token.sets_variables:
        raise GitLabRefused(400, {"base": ["Insufficient permissions to set pipeline variables"]})
    if any(len(f"{key}={value}".encode()) >= _MOST_VARIABLE for key, value in variables.items()):
        # A job whose environment has such a value does not start: execve(2), MAX_ARG_STRLEN.
        raise GitLabRefused(400, {"base": ["a variable is too long for any job"]})
    if call.body.get("ref") not in project.branches:
        raise GitLabRefused(400, {"base": ["Reference not found"]})
    if not project.builds:
        raise GitLabRefused(400, {"base": ["Missing CI config file"]})
    now = call.state.clock()
    number = len(project.pipelines) + 1
    made = Pipeline(call.state.new_id(), number, call.body["ref"], "api", token.login, now, now, variables)
    project.pipelines[made.id] = made
    if call.state.started:
        call.state.started(made)
    return json_answer(201, _whole(project, made))


def list_pipelines(call: Call) -> Answer:
    """GET /projects/ID/pipelines, the newest first."""
    project, query = call.project, call.query
    found = [
        each
        for each in reversed(project.pipelines.values())
        if query.get("ref", each.ref) == each.ref
        and query.get("source", each.source) == each.source
        and query.get("username", each.login) == each.login
        and each.updated_at >= datetime.fromisoformat(query.get("updated_after", "2000-01-01T00:00:00Z"))
    ]
    return paged(call, [_short(project, each) for each in found])


def get_pipeline(call: Call) -> Answer:
    """GET /projects/ID/pipelines/ID."""
    return json_answer(200, _whole(call.project, call.pipeline))


def list_variables(call: Call) -> Answer:
    """GET /projects/ID/pipelines/ID/variables."""
    pipeline, token = call.pipeline, call.require_token()
    if not token.reads_variables:
        raise GitLabRefused(403, "403 Forbidden")
    values = pipeline.variables.items()
    return paged(call, [{"key": key, "value": value, "variable_type": "env_var"} for key, value in values])


def list_jobs(call: Call) -> Answer:
    """GET /projects/ID/pipelines/ID/jobs: one job, which ends as the pipeline does."""
    pipeline = call.pipeline
    job = {
        "id": pipeline.id + 1,
        "name": "image",
        "stage": "build",
        "status": pipeline.status,
        "web_url": f"{WEB}/{call.project.path}/-/jobs/{pipeline.id + 1}",
    }
    if pipeline.status == "failed":
        job["failure_reason"] = pipeline.failure_reason
    scope = call.query.get("scope") or call.query.get("scope[]") or pipeline.status
    return paged(call, [job] if scope == pipeline.status else [])


def paged(call: Call, items: Sequence[Json]) -> Answer:
    """One page of a list. Source: docs "REST API", offset-based pagination."""
    size, number = int(call.query.get("per_page", "20")), int(call.query.get("page", "1"))
    more = len(items) > number * size
    headers = (("X-Page", str(number)), ("X-Per-Page", str(size)), ("X-Next-Page", str(number + 1) if more else ""))
    return json_answer(200, list(items[(number - 1) * size : number * size]), *headers)


def _short(project: Project, pipeline: Pipeline) -> Json:
    return {
        "id": pipeline.id,
        "iid": pipeline.iid,
        "project_id": project.id,
        "sha": f"{project.id:040x}",
        "ref": pipeline.ref,
        "status": pipeline.status,
        "source": pipeline.source,
        "created_at": pipeline.created_at.isoformat(timespec="milliseconds"),
        "updated_at": pipeline.updated_at.isoformat(timespec="milliseconds"),
        "web_url": f"{WEB}/{project.path}/-/pipelines/{pipeline.id}",
    }


def _whole(project: Project, pipeline: Pipeline) -> Json:
    finished = pipeline.finished_at
    return {
        **_short(project, pipeline),
        "before_sha": "0" * 40,
        "tag": False,
        "yaml_errors": None,
        "user": {"id": 7, "username": pipeline.login, "name": "Factory", "state": "active"},
        "started_at": None,
        "finished_at": finished.isoformat(timespec="milliseconds") if finished else None,
        "duration": None,
    }


OPERATIONS: Mapping[str, Perform] = {
    "get-project": get_project,
    "get-user": get_user,
    "get-branch": get_branch,
    "get-file": get_file,
    "create-pipeline": create_pipeline,
    "list-pipelines": list_pipelines,
    "get-pipeline": get_pipeline,
    "list-pipeline-variables": list_variables,
    "list-pipeline-jobs": list_jobs,
}
