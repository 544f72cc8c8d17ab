"""The server in front of a real registry."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.peers.images import push
from tests.peers.pull_limit import PullLimit
from tests.peers.registry import DockerRegistry
from tests.peers.registry_front import RegistryFront
from tests.peers.registry_pages import TagOrder, in_order, page_of

TAGS = ("2.0", "1.10", "1.2")


def pages(address: str) -> Iterator[list[str]]:
    """Every page's tags, following Link."""
    session = requests.Session()
    with session:
        following: str | None = address
        while following:
            answer = session.get(following, timeout=60)
            yield answer.json()["tags"]
            link = answer.links.get("next")
            following = requests.compat.urljoin(following, link["url"]) if link else None


@pytest.fixture
def tagged(front: RegistryFront) -> RegistryFront:
    """A front with three tags pushed through it, and one of them once more."""
    for tag in (*TAGS, TAGS[0]):
        push(front.url, "app", [tag], content=tag)
    front.log.clear()
    return front


@pytest.mark.parametrize("absolute", [True, False])
@pytest.mark.parametrize(
    ("order", "expected"),
    [(TagOrder.PUSHED, [["2.0", "1.10"], ["1.2"]]), (TagOrder.NAME, [["1.10", "1.2"], ["2.0"]])],
)
def test_tag_lists_are_paged_by_link(
    tagged: RegistryFront, order: TagOrder, expected: list[list[str]], absolute: bool
) -> None:
    """By following Link, each tag is read once in order, with absolute and relative addresses."""
    tagged.order, tagged.absolute_links = order, absolute

    assert list(pages(f"{tagged.url}/v2/app/tags/list?n=2")) == expected
    following = f"/v2/app/tags/list?last={expected[0][-1]}&n=2"
    assert [seen.target for seen in tagged.log] == ["/v2/app/tags/list?n=2", following]


def test_a_page_is_never_larger_than_the_registry_allows(tagged: RegistryFront) -> None:
    """A larger `n` is reduced to the limit."""
    tagged.largest_page = 1

    assert list(pages(f"{tagged.url}/v2/app/tags/list?n=50")) == [["2.0"], ["1.10"], ["1.2"]]


def test_only_get_counts_as_a_pull(tagged: RegistryFront) -> None:
    """HEAD does not count; the GET after the last pull is answered 429."""
    tagged.pull_limit = PullLimit(100, remaining=1)
    address = f"{tagged.url}/v2/app/manifests/1.2"
    headers = {"Accept": "application/vnd.oci.image.manifest.v1+json"}

    answers = [requests.request(method, address, headers=headers, timeout=60) for method in ("HEAD", "GET", "GET")]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1;w=21600", "0;w=21600", "0;w=21600"]
    assert int(answers[0].headers["Content-Length"]) == len(answers[1].content)


def test_faults_happen_as_often_as_scripted(tagged: RegistryFront) -> None:
    """A fault has its status, headers and body; then the registry answers again."""
    tagged.fail("GET", "/tags/list$", 429, {"Retry-After": "880.092µs".encode().decode("latin-1")}, times=1)
    tagged.fail("GET", "/tags/list$", 200, body="<html>", times=1)
    address = f"{tagged.url}/v2/app/tags/list"

    first, second, third = (requests.get(address, timeout=60) for _ in range(3))

    assert (first.status_code, first.json()["errors"][0]["code"]) == (429, "TOOMANYREQUESTS")
    assert first.headers["Retry-After"].startswith("880.092")
    assert (second.status_code, second.text, third.status_code) == (200, "<html>", 200)


def test_a_dropped_request_gets_no_answer(front: RegistryFront) -> None:
    """The connection is closed, and the next request succeeds."""
    front.drop("GET", "^/v2/$")

    with pytest.raises(requests.ConnectionError):
        requests.get(f"{front.url}/v2/", timeout=60)
    assert requests.get(f"{front.url}/v2/", timeout=60).status_code == 200


def test_down_and_up_again(front: RegistryFront) -> None:
    """While it is down, connections are closed and refused; afterwards it has the same address."""
    with requests.Session() as session:
        assert session.get(f"{front.url}/v2/", timeout=60).ok
        front.down()
        with pytest.raises(requests.ConnectionError):
            session.get(f"{front.url}/v2/", timeout=60)
        front.up()
        assert session.get(f"{front.url}/v2/", timeout=60).ok


def test_the_clock_can_be_wrong(front: RegistryFront) -> None:
    """The Date header has the time of the test."""
    front.date = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC) + timedelta(minutes=6)

    answer = requests.get(f"{front.url}/v2/", timeout=60)
    assert answer.headers["Date"] == "Wed, 02 Jan 2030 03:10:05 GMT"


def test_the_log_has_each_request(front: RegistryFront) -> None:
    """It has conditions and types, and whether there was a credential."""
    headers = {"If-None-Match": '"x"', "Authorization": "Bearer secret"}
    requests.head(f"{front.url}/v2/app/manifests/1", headers=headers, timeout=60)

    (seen,) = front.log
    assert (seen.method, seen.path, seen.authorized) == ("HEAD", "/v2/app/manifests/1", True)
    assert seen.headers["If-None-Match"] == '"x"'
    assert "secret" not in repr(seen)


def test_tls_with_its_own_authority(registry: DockerRegistry, tmp_path: Path) -> None:
    """Clients that trust its authority push and read by https; other clients refuse it."""
    with RegistryFront(registry.url, tmp_path, tls=True) as front:
        push(front.url, "app", ["1"], ca_file=front.ca_file)
        listed = requests.get(f"{front.url}/v2/app/tags/list", verify=str(front.ca_file), timeout=60)
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{front.url}/v2/", timeout=60)

    assert listed.json()["tags"] == ["1"]


@given(st.sets(st.text("abc0.", min_size=1, max_size=4)), st.integers(1, 5), st.sampled_from(TagOrder))
def test_pages_together_are_the_complete_list(tags: set[str], size: int, order: TagOrder) -> None:
    """For any order and size, following `last` reads each tag exactly once."""
    ordered = in_order(list(tags), order, {tag: number for number, tag in enumerate(tags)})
    read: list[str] = []
    while True:
        page = page_of(ordered, read[-1] if read else None, size)
        read += page.tags
        if page.next_query is None:
            break

    assert read == ordered
