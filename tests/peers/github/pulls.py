"""Pull requests: list and open; and statuses of commits."""

from collections.abc import Mapping

from tests.peers.exchange import Answer, json_answer
from tests.peers.github.call import Call, Perform, Refused, paged
from tests.peers.github.contract import Json
from tests.peers.github.reviews import CommitStatus, PullRequest

# Source: docs "REST API endpoints for commit statuses", and the answer's own words for a longer one.
_LONGEST_DESCRIPTION = 140


def list_pulls(call: Call) -> Answer:
    """GET .../pulls, by default the open ones, newest first."""
    repository, query = call.repository, call.query
    found = list(call.state.pulls.get(repository.id, []))
    if (state := query.get("state", "open")) != "all":
        found = [each for each in found if each.state == state]
    if base := query.get("base"):
        found = [each for each in found if each.base == base]
    if head := query.get("head"):
        found = [each for each in found if f"{repository.owner}:{each.head}" == head]
    by_update = query.get("sort") == "updated"
    newest_first = query.get("direction", "desc") == "desc"
    found.sort(key=lambda each: (each.updated_at if by_update else each.created_at, each.id), reverse=newest_first)
    return paged(call, found, document=lambda each: _simple(call, each))


def create_pull(call: Call) -> Answer:
    """POST .../pulls. Source of the refusals' words: threads cli/cli 3001, peter-evans/create-pull-request 83."""
    token, repository = call.require_writer(), call.repository
    head, base = call.body["head"].removeprefix(f"{repository.owner}:"), call.body["base"]
    for field, branch in (("head", head), ("base", base)):
        if branch not in repository.branches:
            raise Refused(422, "Validation Failed", [{"resource": "PullRequest", "field": field, "code": "invalid"}])
    pulls = call.state.pulls.setdefault(repository.id, [])
    if any((each.head, each.base, each.state) == (head, base, "open") for each in pulls):
        raise Refused(
            422, "Validation Failed", [_custom(f"A pull request already exists for {repository.owner}:{head}.")]
        )
    if repository.branches[head] == repository.branches[base]:
        raise Refused(422, "Validation Failed", [_custom(f"No commits between {base} and {head}")])
    now = call.state.clock()
    made = PullRequest(
        id=call.state.new_id(),
        number=len(pulls) + 1,
        repository=repository,
        head=head,
        base=base,
        head_sha=repository.branches[head],
        title=call.body["title"],
        body=call.body.get("body") or "",
        user=token.login,
        created_at=now,
        updated_at=now,
    )
    pulls.append(made)
    return json_answer(201, _long(call, made))


def create_status(call: Call) -> Answer:
    """POST .../statuses/SHA."""
    token, repository, body = call.require_writer(), call.repository, call.body
    sha = call.parameters["sha"]
    if sha not in repository.commits:
        raise Refused(422, f"No commit found for SHA: {sha}")
    description = body.get("description")
    if description and len(description) > _LONGEST_DESCRIPTION:
        message = f"description is too long (maximum is {_LONGEST_DESCRIPTION} characters)"
        raise Refused(422, "Validation Failed", [{"resource": "Status", "code": "custom", "message": message}])
    made = CommitStatus(
        call.state.new_id(),
        sha,
        body["state"],
        description,
        body.get("target_url"),
        body.get("context", "default"),
        token.login,
        call.state.clock(),
    )
    call.state.statuses.setdefault(repository.id, []).append(made)
    return json_answer(201, call.documents.status(repository, made))


def _custom(message: str) -> Json:
    return {"resource": "PullRequest", "code": "custom", "message": message}


def _simple(call: Call, pull: PullRequest) -> Json:
    return call.documents.pull_simple(pull, call.state.owners[pull.repository.owner])


def _long(call: Call, pull: PullRequest) -> Json:
    return call.documents.pull(pull, call.state.owners[pull.repository.owner])


PULLS: Mapping[str, Perform] = {
    "pulls/list": list_pulls,
    "pulls/create": create_pull,
    "repos/create-commit-status": create_status,
}
