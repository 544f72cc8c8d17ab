"""Merge requests and statuses of commits at the fake GitLab. Source: docs "Merge requests API", "Commits API"."""

from collections.abc import Mapping

from tests.peers.exchange import Answer, json_answer
from tests.peers.gitlab.contract import Json
from tests.peers.gitlab.operations import Call, GitLabRefused, Perform, paged
from tests.peers.gitlab.state import WEB, Project, StoredMergeRequest, StoredStatus


def list_merge_requests(call: Call) -> Answer:
    """GET /projects/ID/merge_requests, the one that changed last first."""
    project, query = call.project, call.query
    found = [
        each
        for each in project.merge_requests
        if query.get("state", "all") in ("all", each.state)
        and query.get("source_branch", each.source) == each.source
        and query.get("target_branch", each.target) == each.target
    ]
    found.sort(key=lambda each: (each.updated_at, each.iid), reverse=query.get("sort", "desc") == "desc")
    return paged(call, [_document(project, each) for each in found])


def create_merge_request(call: Call) -> Answer:
    """POST /projects/ID/merge_requests. Source of the refusals: `app/models/merge_request.rb`."""
    project, body = call.project, call.body
    if not call.require_token().can_build:
        raise GitLabRefused(403, "403 Forbidden")
    source, target = body["source_branch"], body["target_branch"]
    for each in project.merge_requests:
        if (each.source, each.target, each.state) == (source, target, "opened"):
            raise GitLabRefused(409, [f"Another open merge request already exists for this source branch: !{each.iid}"])
    if source not in project.branches or target not in project.branches:
        raise GitLabRefused(400, {"base": ["source or target branch does not exist"]})
    now = call.state.clock()
    number = len(project.merge_requests) + 1
    made = StoredMergeRequest(
        call.state.new_id(), number, source, target, body["title"], body.get("description", ""), now, now
    )
    project.merge_requests.append(made)
    return json_answer(201, _document(project, made))


def create_status(call: Call) -> Answer:
    """POST /projects/ID/statuses/SHA. Source: `app/services/ci/create_commit_status_service.rb`."""
    project, body = call.project, call.body
    token, sha = call.require_token(), call.parameters["sha"]
    if not token.can_build:
        raise GitLabRefused(403, "403 Forbidden")
    if sha != project.commit:
        raise GitLabRefused(404, "404 Commit Not Found")
    name = body.get("name", "default")
    before = next((each.state for each in reversed(project.statuses) if each.name == name), None)
    if before == body["state"]:
        raise GitLabRefused(400, f"Cannot transition status via :{before} from :{before}")
    made = StoredStatus(sha, body["state"], name, body.get("description", ""), body.get("target_url", ""))
    project.statuses.append(made)
    document = {
        "id": call.state.new_id(),
        "sha": sha,
        "ref": project.default_branch,
        "status": made.state,
        "name": made.name,
        "description": made.description,
        "target_url": made.target_url,
        "created_at": call.state.clock().isoformat(timespec="milliseconds"),
    }
    return json_answer(201, document)


def _document(project: Project, found: StoredMergeRequest) -> Json:
    return {
        "id": found.id,
        "iid": found.iid,
        "project_id": project.id,
        "source_project_id": project.id,
        "target_project_id": project.id,
        "title": found.title,
        "description": found.description,
        "state": found.state,
        "source_branch": found.source,
        "target_branch": found.target,
        "created_at": found.created_at.isoformat(timespec="milliseconds"),
        "updated_at": found.updated_at.isoformat(timespec="milliseconds"),
        "web_url": f"{WEB}/{project.path}/-/merge_requests/{found.iid}",
    }


REVIEWS: Mapping[str, Perform] = {
    "list-merge-requests": list_merge_requests,
    "create-merge-request": create_merge_request,
    "create-commit-status": create_status,
}
