"""JSON from outside may be nested so deeply that Python's reader ends with a RecursionError."""

import ast
from collections.abc import Iterator

from tests.architecture.source_tree import Module, modules

# What this service has written itself.
OWN = {
    "provider/store/announced.py",
    "provider/store/beats.py",
    "provider/store/cache_documents.py",
    "provider/store/image_documents.py",
    "provider/store/image_histories.py",
    "provider/store/image_pages/timeline_rows.py",
    "provider/store/operations/check_requests.py",
    "provider/store/operations/message_queues.py",
    "provider/store/operations/person_requests.py",
    "provider/store/operations/recent_activity.py",
    "provider/store/operations/reported_problems.py",
    "provider/store/operations/webhook_events.py",
    "provider/store/records/rebuild_summary.py",
    "provider/store/sessions.py",
    "provider/store/outbox.py",
    "provider/tracker/store/rows.py",
    "provider/tracker/store/updates.py",
    "provider/tracker/store/waiting.py",
    "provider/api/answers/redaction.py",
    "proxy/versions/apis/packing.py",
    "proxy/versions/details/packing.py",
    "proxy/versions/kinds/hub_listing.py",
    "proxy/versions/kinds/oci.py",
    "proxy/versions/kinds/quay_security.py",
}


def _reads(tree: ast.AST, *, guarded: bool = False) -> Iterator[bool]:
    """For each call of `json.loads`: whether a RecursionError of it is caught in the same function."""
    for node in ast.iter_child_nodes(tree):
        inside = guarded and not isinstance(node, ast.FunctionDef)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "json.loads":
            yield inside
        if isinstance(node, ast.Try):
            names = (name for each in node.handlers if each.type for name in ast.walk(each.type))
            caught = {name.id for name in names if isinstance(name, ast.Name)}
            inside = inside or "RecursionError" in caught
        yield from _reads(node, guarded=inside)


def _unguarded(module: Module) -> int:
    return sum(not guarded for guarded in _reads(module.tree))


def test_every_reader_of_json_from_outside_expects_a_deep_text() -> None:
    """It is Garbage of one host or one file, and never the end of a round."""
    found = {module.path: count for module in modules() if (count := _unguarded(module))}
    # `_kept` of run_documents.py reads what it has written.
    assert {path: count for path, count in found.items() if path not in OWN} == {"proxy/github/run_documents.py": 1}
