"""Which requests the GitHub proxy passes on, and which it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.routes import Allowed, RouteAction, RouteRefused, route

KNOWN = {"acme/portal": "acme/Portal"}


def routed(method: str, path: str, *query: tuple[str, str]) -> Allowed | RouteRefused:
    """The decision, where acme/Portal is the repository of an enrolled image."""
    return route(method, path, query, KNOWN)


@pytest.mark.parametrize(
    ("path", "upstream"),
    [
        ("/repos/acme/portal", "/repos/acme/Portal"),
        ("/repos/ACME/Portal/branches", "/repos/acme/Portal/branches"),
        ("/repos/acme/portal/branches/main", "/repos/acme/Portal/branches/main"),
        ("/repos/acme/portal/actions/workflows", "/repos/acme/Portal/actions/workflows"),
        ("/repos/acme/portal/actions/workflows/build.yml", "/repos/acme/Portal/actions/workflows/build.yml"),
        ("/repos/acme/portal/actions/workflows/7/runs", "/repos/acme/Portal/actions/workflows/7/runs"),
        ("/repos/acme/portal/actions/runs", "/repos/acme/Portal/actions/runs"),
        ("/repos/acme/portal/actions/runs/12", "/repos/acme/Portal/actions/runs/12"),
        ("/repos/acme/portal/actions/runs/12/attempts/2", "/repos/acme/Portal/actions/runs/12/attempts/2"),
        ("/repos/acme/portal/actions/runs/12/jobs", "/repos/acme/Portal/actions/runs/12/jobs"),
        ("/repos/acme/portal/actions/runs/12/attempts/2/jobs", "/repos/acme/Portal/actions/runs/12/attempts/2/jobs"),
        ("/repos/acme/portal/actions/jobs/5", "/repos/acme/Portal/actions/jobs/5"),
    ],
)
def test_allowed_reads_are_passed_on(path: str, upstream: str) -> None:
    """The upstream path is rebuilt, with the repository spelled as in the enrollment."""
    found = routed("GET", path)

    assert isinstance(found, Allowed)
    assert (found.action, found.path, found.repository, found.owner) == (
        RouteAction.READ,
        upstream,
        "acme/Portal",
        "acme",
    )


def test_known_query_keys_are_passed_on_encoded() -> None:
    """Query keys are sorted, so that equal requests have one address."""
    found = routed("GET", "/repos/acme/portal/actions/runs", ("status", "failure"), ("branch", "a/b&c=d"))

    assert isinstance(found, Allowed)
    assert found.path == "/repos/acme/Portal/actions/runs?branch=a%2Fb%26c%3Dd&status=failure"


@pytest.mark.parametrize("what", ["rerun", "rerun-failed-jobs"])
def test_a_run_can_be_run_again_only_by_post(what: str) -> None:
    """A POST to one of the two re-run paths is allowed, other methods are refused."""
    found = routed("POST", f"/repos/acme/portal/actions/runs/12/{what}")

    assert isinstance(found, Allowed)
    assert (found.action, found.template, found.parts) == (RouteAction.RERUN, what, {"run": "12"})
    assert isinstance(routed("GET", f"/repos/acme/portal/actions/runs/12/{what}"), RouteRefused)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/user"),
        ("GET", "/repos/acme"),
        ("GET", "/repos/acme/portal/"),
        ("GET", "/repos/acme/portal/contents/README.md"),
        ("GET", "/repos/acme/portal/actions/secrets"),
        ("GET", "/repos/acme/portal/actions/variables"),
        ("GET", "/repos/acme/portal/actions/runs/12/logs"),
        ("GET", "/repos/acme/portal/actions/jobs/5/logs"),
        ("GET", "/repos/acme/portal/actions/runs/12/artifacts"),
        ("GET", "/repos/acme/portal/actions/runs/twelve"),
        ("GET", "/repos/acme/portal/branches/a/b"),
        ("GET", "/repos/acme/portal/branches/..%2f..%2fsecret"),
        ("GET", "/repos/acme/portal/actions/runs/.."),
        ("GET", "/repos/acme/portal/actions/../contents/x"),
        ("GET", "/repos/acme/../../other/secret"),
        ("GET", "/repos/acme/portal/../secret"),
        ("GET", "/repos/../portal"),
        ("GET", "/repos/acme%2Fportal/actions/runs"),
        ("GET", "/repos/acme/portal%2Factions%2Fruns"),
        ("GET", "/repos/acme/portal/actions%252Fruns"),
        ("GET", "/repos/acme/portal//actions/runs"),
        ("GET", "//repos/acme/portal"),
        ("GET", "/repos/acme\\portal/actions/runs"),
        ("GET", "/repos/acme/portal/actions/runs\n"),
        ("GET", "/repos/acme/portal\x00"),
        ("GET", "/repos/acme/pörtal"),
        ("GET", "/repos/acme/secret/actions/runs"),
        ("GET", "/repos/other/portal/actions/runs"),
        ("GET", "/repositories/1/actions/runs"),
        ("GET", "/https://api.github.com/repos/acme/portal"),
        ("POST", "/repos/acme/portal/actions/runs"),
        ("POST", "/repos/acme/portal/actions/workflows/build.yml/dispatches"),
        ("POST", "/repos/acme/portal/actions/runs/12/cancel"),
        ("POST", "/repos/acme/portal/actions/runs/12/approve"),
        ("DELETE", "/repos/acme/portal/actions/runs/12"),
        ("PUT", "/repos/acme/portal/actions/workflows/build.yml/disable"),
        ("PATCH", "/repos/acme/portal"),
        ("TRACE", "/repos/acme/portal"),
        ("CONNECT", "/repos/acme/portal"),
        ("get", "/repos/acme/portal"),
    ],
)
def test_anything_else_is_refused(method: str, path: str) -> None:
    """Another path, method or repository is refused, and the reason says which requests are allowed."""
    found = routed(method, path)

    assert isinstance(found, RouteRefused)
    assert "enroll" in found.reason


@pytest.mark.parametrize("rest", ["branches/.", "branches/..", "branches/a//b", "branches/a\\b", "branches/a%2e", "%"])
def test_a_path_that_can_mean_another_one_is_refused_before_it_is_compared(rest: str) -> None:
    """Dots, double slashes, backslashes and escapes are refused as such, whatever the method."""
    for method in ("GET", "POST"):
        found = routed(method, f"/repos/acme/portal/{rest}")

        assert isinstance(found, RouteRefused)
        assert found.reason.startswith("this path is not allowed;")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ([("access_token", "x")], "these query keys are not allowed: access_token; allowed here: "),
        ([("b", "x"), ("a", "y")], "these query keys are not allowed: a, b; allowed here: "),
        ([("<script>", "x")], "these query keys are not allowed: a key that is not a name; allowed here: "),
        ([("page", "1"), ("page", "2")], "a query key is given twice; give each once"),
        ([("branch", "a\r\nX: y")], "the value of branch is not allowed; use printable ASCII"),
        ([("branch", "x" * 256)], "the value of branch is not allowed; use printable ASCII, at most 255 characters"),
    ],
)
def test_other_query_keys_and_odd_values_are_refused(query: list[tuple[str, str]], said: str) -> None:
    """The reason names the query key, unless it is not a valid name."""
    found = routed("GET", "/repos/acme/portal/actions/runs", *query)

    assert isinstance(found, RouteRefused)
    assert found.reason.startswith(said)


def test_a_repository_that_is_not_enrolled_is_refused_with_what_to_do() -> None:
    """The reason is the same whether the repository exists or not."""
    expected = RouteRefused("no enrolled image is built from this repository; enroll one to see its runs here")
    assert routed("GET", "/repos/acme/other") == routed("GET", "/repos/acme/other/actions/runs") == expected


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/repos/acme/portal/branches", "page, per_page, protected"), ("/repos/acme/portal", "none")],
)
def test_a_refused_query_key_is_named_with_the_allowed_ones(path: str, allowed: str) -> None:
    """A key with a valid name is shown as it was written."""
    found = routed("GET", path, ("Access_Token", "x"))

    assert isinstance(found, RouteRefused)
    assert "Access_Token" in found.reason
    assert found.reason.endswith(f": {allowed}")


@given(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE"]),
    st.lists(
        st.sampled_from(["/", "..", ".", "%2f", "repos", "acme", "portal", "secret", "actions", "runs", "1", "?", "#"])
    ).map("".join)
    | st.text().map(lambda text: f"/repos/acme/portal{text}"),
)
def test_an_allowed_path_is_always_within_an_enrolled_repository(method: str, path: str) -> None:
    """For any request, an allowed path begins with the path of an enrolled image's repository."""
    found = routed(method, path)

    if isinstance(found, Allowed):
        assert found.path.startswith("/repos/acme/Portal")
        assert found.path.removeprefix("/repos/acme/Portal")[:1] in {"", "/", "?"}
        assert not {"..", "%", "#", "\\", "//"} & {
            found.path[at : at + n] for at in range(len(found.path)) for n in (1, 2)
        }
