"""The operations on deliveries of webhooks: list, and deliver again.

Those of repositories and organizations keep GitHub's description. The App's are in it, but not in the part of it
that is kept here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from tests.peers.exchange import Answer, Headers, json_answer
from tests.peers.github.call import Call, Perform, Refused
from tests.peers.github.contract import Json
from tests.peers.github.hook_state import Attempt, Hook

_CURSOR = re.compile(r"v1_([0-9]+)")
Address = Callable[[str, Mapping[str, str]], str]
"""Makes a full address of a path and a query."""


def page_of(hook: Hook, path: str, query: Mapping[str, str], address: Address) -> Answer:
    """A page of attempts, the newest first, by cursor."""
    size = max(1, min(100, int(query.get("per_page", "30"))))
    listed = [each for each in reversed(hook.attempts) if _wanted(each, query.get("status"))]
    if cursor := query.get("cursor"):
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise Refused(422, "Invalid cursor")
        listed = [each for each in listed if each.id < int(found[1])]
    page = listed[:size]
    links: Headers = ()
    if len(listed) > size:
        links = (("Link", f'<{address(path, {**query, "cursor": f"v1_{page[-1].id}"})}>; rel="next"'),)
    return json_answer(200, [_document(each) for each in page], *links)


def deliver_again(hook: Hook, number: str, new_id: Callable[[], int], at: datetime) -> Answer:
    """Repeat an attempt."""
    known = next((each for each in hook.attempts if str(each.id) == number), None)
    if known is None:
        raise Refused(404, "Not Found")
    hook.attempts.append(Attempt(new_id(), known.guid, at, hook.next_status, known.event, redelivery=True))
    return json_answer(202, {})


def address_at(host: str) -> Address:
    """Makes addresses at a host."""
    return lambda path, query: f"http://{host}{path}?{urlencode(query)}"


def _document(attempt: Attempt) -> Json:
    return {
        "id": attempt.id,
        "guid": attempt.guid,
        "delivered_at": f"{attempt.at:%Y-%m-%dT%H:%M:%SZ}",
        "redelivery": attempt.redelivery,
        "duration": 0.27,
        "status": "OK" if attempt.succeeded else f"Invalid HTTP Response: {attempt.status_code}",
        "status_code": attempt.status_code,
        "event": attempt.event,
        "action": None,
        "installation_id": None,
        "repository_id": 1296269,
        "throttled_at": None,
    }


def _wanted(attempt: Attempt, status: str | None) -> bool:
    return status is None or attempt.succeeded == (status == "success")


def _hook(call: Call) -> Hook:
    """The webhook that the path names; 404 for a token that may not manage webhooks."""
    if call.token is None or not call.token.can_manage_hooks:
        raise Refused(404, "Not Found")
    of = f"{call.parameters['owner']}/{call.repository.name}" if "repo" in call.parameters else call.parameters["org"]
    hook = call.state.hooks.get(f"{of}/{call.parameters['hook_id']}".lower())
    if hook is None:
        raise Refused(404, "Not Found")
    return hook


def _list(call: Call) -> Answer:
    """GET .../hooks/ID/deliveries."""
    return page_of(_hook(call), call.path, call.query, call.address)


def _again(call: Call) -> Answer:
    """POST .../hooks/ID/deliveries/ID/attempts."""
    return deliver_again(_hook(call), call.parameters["delivery_id"], call.state.new_id, call.state.clock())


HOOKS: Mapping[str, Perform] = {
    "repos/list-webhook-deliveries": _list,
    "repos/redeliver-webhook-delivery": _again,
    "orgs/list-webhook-deliveries": _list,
    "orgs/redeliver-webhook-delivery": _again,
}
