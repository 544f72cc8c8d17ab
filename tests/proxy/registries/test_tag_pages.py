"""Lists of tags: odd pages, odd links, and lists without an end."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.transport import Transport
from proxy.registries import tag_pages
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.clocks import Clock
from tests.proxy.registries.token_registry import garbage
from tests.proxy.scripted import ScriptedHost, registries

FULL = [f"1.{number}" for number in range(tag_pages.PAGE_SIZE)]


def read(transport: Transport, host: ScriptedHost, repository: str = "team/app") -> list[str]:
    """The tags of a repository."""
    return list(registries(transport).tags(host.image(repository)))


def read_until_failure(transport: Transport, host: ScriptedHost) -> tuple[list[str], OutsideFailure | None]:
    """The tags before the list breaks off, and why it does; None if it does not."""
    found: list[str] = []
    try:
        for tag in registries(transport).tags(host.image("team/app")):
            found.append(tag)  # noqa: PERF402 - what came before the failure counts
    except OutsideFailure as error:
        return found, error
    return found, None


def two_pages(link: str) -> Callable[[Request], Answer]:
    """A first page with this link, and a second one for whoever asks with `last`."""
    return lambda request: (
        json_answer(200, {"tags": ["2.0"]})
        if "last" in request.query
        else json_answer(200, {"name": "team/app", "tags": ["1.0"]}, ("Link", link))
    )


LINKS = {
    "relative": '</v2/team/app/tags/list?last=1.0&n=1000>; rel="next"',
    "without v2": '</team/app/tags/list?last=1.0&n=1000>; rel="next"',
    "relative to the page": "<list?last=1.0&n=1000>; rel=next",
    "query alone": "<?last=1.0&n=1000>; rel=next",
    "other scheme": '<https://{host}/v2/team/app/tags/list?last=1.0&n=1000>; rel="next"',
    "same scheme": '<http://{host}/v2/team/app/tags/list?last=1.0&n=1000>; rel="next"',
    "internal name": '<http://registry.internal:5000/v2/team/app/tags/list?last=1.0&n=1000>; rel="next"',
    "internal name and path": '<https://10.1.2.3/artifactory/v2/team/app/tags/list?last=1.0&n=1000>; rel="next"',
    "another port": '<https://{name}:8443/v2/team/app/tags/list?last=1.0&n=1000>; rel="next"',
    "user and password": '<https://user:word@{host}/v2/team/app/tags/list?last=1.0&n=1000>; rel="next"',
    "protocol-relative": '<//other.test/v2/team/app/tags/list?last=1.0&n=1000>; rel="next"',
    "capital letters": '</v2/team/app/tags/list?last=1.0&n=1000>; REL="NEXT"',
    "single quotes": "</v2/team/app/tags/list?last=1.0&n=1000>; rel='next'",
    "several": '</v2/>; rel="first", </v2/team/app/tags/list?last=1.0&n=1000>; title="a; b, c"; rel="next"',
    "last and next": '</v2/team/app/tags/list?last=1.0&n=1000>; rel="last next"',
}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("name", ["Link", "link", "LINK"])
def test_the_next_page_is_asked_of_the_registry_itself(
    transport: Transport, host: ScriptedHost, link: str, name: str
) -> None:
    """Whatever host, scheme and path the link has, its query counts: registries behind a proxy write internal names."""
    script = two_pages(link.format(host=host.host, name=host.host.partition(":")[0]))

    def play(request: Request) -> Answer:
        answer = script(request)
        return Answer(answer.status, answer.body, tuple((name if n == "Link" else n, v) for n, v in answer.headers))

    host.script = play

    assert read(transport, host) == ["1.0", "2.0"]
    assert host.asked == ["GET /v2/team/app/tags/list?n=1000", "GET /v2/team/app/tags/list?last=1.0&n=1000"]


def test_no_other_host_gets_a_request_for_a_next_page(transport: Transport, host: ScriptedHost) -> None:
    """Neither with credentials nor without."""
    with ScriptedHost() as other:
        host.script = two_pages(f'<{other.url}/v2/team/app/tags/list?last=1.0>; rel="next"')

        assert read(transport, host) == ["1.0", "2.0"]
        assert other.requests == []


@pytest.mark.parametrize("path", ["/elsewhere?last=x", "/v2/", "/v2/team/app/tags?last=x", "/v2/a/manifests/1"])
def test_a_next_page_on_another_host_that_is_no_list_of_tags_is_refused(
    transport: Transport, host: ScriptedHost, path: str
) -> None:
    """The tags before it are known, and the other host gets no request."""
    with ScriptedHost() as other:
        host.script = two_pages(f'<{other.url}{path}>; rel="next"')
        tags, failure = read_until_failure(transport, host)

        assert isinstance(failure, Garbage)
        assert f"the next page is on another host, {other.host}" in str(failure)
        assert (tags, other.requests) == (["1.0"], [])


def test_a_next_page_of_another_form_on_the_same_host_is_followed(transport: Transport, host: ScriptedHost) -> None:
    """Some registries have an address of their own for it."""
    host.script = two_pages('</v2/_pages/7?last=1.0>; rel="next"')

    assert read(transport, host) == ["1.0", "2.0"]
    assert host.asked[1] == "GET /v2/_pages/7?last=1.0"


def without_links(request: Request) -> Answer:
    """A registry that has 1,003 tags in pages of at most `n`, and sends no Link."""
    tags = sorted([*FULL, "a", "b", "c"])
    last, size = request.query.get("last", ""), int(request.query.get("n", "1000"))
    return json_answer(200, {"tags": [tag for tag in tags if tag > last][:size]})


def test_a_full_page_without_a_link_is_followed_by_one_request_more(transport: Transport, host: ScriptedHost) -> None:
    """Some registries page and send no Link."""
    host.script = without_links

    assert read(transport, host) == sorted([*FULL, "a", "b", "c"])
    assert len(host.requests) == 2


@pytest.mark.parametrize(
    "more",
    [
        json_answer(200, {"tags": FULL}),
        json_answer(200, {"tags": []}),
        json_answer(200, {"tags": None, "name": "team/app"}),
        json_answer(200, {"tags": FULL[:3]}),
        Answer(404),
        Answer(400),
        Answer(416),
    ],
)
def test_a_full_list_ends_where_one_request_more_brings_no_news(
    transport: Transport, host: ScriptedHost, more: Answer
) -> None:
    """A registry that ignores `last`, or refuses it, has sent all of its tags."""
    host.script = lambda request: more if "last" in request.query else json_answer(200, {"tags": FULL})

    assert read(transport, host) == FULL
    assert host.asked[1:] == ["GET /v2/team/app/tags/list?n=1000&last=1.999"]


@pytest.mark.parametrize("count", [1, 999, 1001, 5000])
def test_a_page_that_is_not_full_is_the_last(transport: Transport, host: ScriptedHost, count: int) -> None:
    """Without a Link: a registry that never pages is asked once."""
    tags = [f"t{number}" for number in range(count)]
    host.script = lambda _: json_answer(200, {"tags": tags})

    assert read(transport, host) == tags
    assert len(host.requests) == 1


@pytest.mark.parametrize("status", [400, 404, 405, 406, 413, 414, 416, 422, 501])
def test_a_registry_that_refuses_a_page_size_is_asked_without_one_from_then_on(
    transport: Transport, host: ScriptedHost, status: int
) -> None:
    """The refusal costs one request in all, not one for each list."""
    host.script = lambda request: Answer(status) if "n" in request.query else json_answer(200, {"tags": ["1.0"]})
    registry = registries(transport)

    assert [list(registry.tags(host.image(name))) for name in "ab"] == [["1.0"]] * 2
    assert host.asked == ["GET /v2/a/tags/list?n=1000", "GET /v2/a/tags/list", "GET /v2/b/tags/list"]


def test_the_pages_after_a_refused_size_have_the_registry_s_own(transport: Transport, host: ScriptedHost) -> None:
    """Their links are followed as they are."""

    def page(request: Request) -> Answer:
        if "n" in request.query:
            return Answer(400)
        if "last" in request.query:
            return json_answer(200, {"tags": ["2.0"]})
        return json_answer(200, {"tags": ["1.0"]}, ("Link", '</v2/team/app/tags/list?last=1.0>; rel="next"'))

    host.script = page

    assert read(transport, host) == ["1.0", "2.0"]
    assert host.asked == [
        "GET /v2/team/app/tags/list?n=1000",
        "GET /v2/team/app/tags/list",
        "GET /v2/team/app/tags/list?last=1.0",
    ]


@pytest.mark.parametrize(
    ("status", "error", "requests"),
    [(404, NotFound, 2), (400, Garbage, 2), (403, Refused, 1), (500, Unavailable, 1), (429, Unavailable, 1)],
)
def test_what_is_refused_without_a_size_too_is_the_answer(
    transport: Transport, host: ScriptedHost, status: int, error: type[Exception], requests: int
) -> None:
    """A refusal for other reasons, or a failure, is not repeated."""
    host.script = lambda _: Answer(status)
    with pytest.raises(error, match=str(status)):
        read(transport, host)

    assert len(host.requests) == requests


@pytest.mark.parametrize("code", ["NAME_UNKNOWN", "NOT_FOUND", "name_unknown"])
def test_a_repository_that_is_not_there_is_asked_once(transport: Transport, host: ScriptedHost, code: str) -> None:
    """Where the registry says so, the size of the page is not the reason."""
    host.script = lambda _: json_answer(404, {"errors": [{"code": code, "message": "repository name not known"}]})

    with pytest.raises(NotFound, match="repository name not known"):
        read(transport, host)
    assert len(host.requests) == 1


ODD_TAGS: dict[str, object] = {
    "null": None,
    "a number": 1.0,
    "true": True,
    "a list": ["1.0"],
    "an object": {"name": "1.0"},
    "empty": "",
    "4 kB": "a" * 4096,
    "129 characters": "a" * 129,
    "control characters": "1.0\n2.0",
    "a zero": "1\0",
    "a slash": "a/b",
    "a digest": "sha256:" + "a" * 64,
    "a space": "1 0",
    "a dot first": ".1",
    "another alphabet": "\uff11.0",
    "markup": "<b>1</b>",
    "half a character": "\ud800",
}


@pytest.mark.parametrize("odd", ODD_TAGS.values(), ids=ODD_TAGS)
def test_an_odd_entry_loses_itself_alone(transport: Transport, host: ScriptedHost, odd: object) -> None:
    """All other tags are listed."""
    host.script = lambda _: json_answer(200, {"tags": ["1.0", odd, "2.0"]})

    assert read(transport, host) == ["1.0", "2.0"]


@pytest.mark.parametrize("document", [{"tags": None}, {"tags": []}, {"name": "team/app"}, {"name": "a", "tags": None}])
def test_a_list_may_be_empty(transport: Transport, host: ScriptedHost, document: object) -> None:
    """Distribution sends null after the last tag is deleted."""
    host.script = lambda _: json_answer(200, document)

    assert read(transport, host) == []


@pytest.mark.parametrize(
    "text",
    ["<html>", "[]", "{}", '{"status": "ok"}', '{"tags": "1.0"}', '{"tags": {}}', '{"tags": [1]}', "[" * 50_000, ""],
)
def test_an_invalid_list_of_tags_is_garbage(transport: Transport, host: ScriptedHost, text: str) -> None:
    """It is no empty repository, and the message names the repository."""
    host.script = lambda _: garbage(text)
    with pytest.raises(Garbage, match=f"{host.host}/team/app"):
        read(transport, host)


@pytest.mark.parametrize(
    "text", ["<!DOCTYPE html>\n<title>Sign in</title>", "\n <HTML><body>", "\ufeff<html>", "<?xml?>"]
)
def test_a_login_page_is_named(transport: Transport, host: ScriptedHost, text: str) -> None:
    """None of it is repeated."""
    host.script = lambda _: Answer(200, text.encode(), (("Content-Type", "text/html"),))
    with pytest.raises(Garbage, match="a web page, for example of a login or a proxy, instead of JSON") as caught:
        read(transport, host)
    assert "<" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (200, "NAME_UNKNOWN", NotFound),
        (200, "UNAUTHORIZED", Refused),
        (200, "DENIED", Refused),
        (200, "TOOMANYREQUESTS", Unavailable),
        (200, "SOMETHING_ELSE", Garbage),
        (400, "NAME_UNKNOWN", NotFound),
    ],
)
def test_an_answer_that_is_an_error_in_its_body_is_that_error(
    transport: Transport, host: ScriptedHost, status: int, code: str, error: type[OutsideFailure]
) -> None:
    """Some proxies send every document with 200; it is no empty repository."""
    host.script = lambda _: json_answer(status, {"errors": [{"code": code, "message": "so it is"}]})
    with pytest.raises(error, match=rf"answered {status} to GET /v2/team/app/tags/list \({code}: so it is\)"):
        read(transport, host)


@pytest.mark.parametrize("errors", [[], None, {}, "none", [None], [{}], [1]])
def test_a_list_with_no_errors_is_a_list(transport: Transport, host: ScriptedHost, errors: object) -> None:
    """A key without an error in it changes nothing; neither does an error beside tags."""
    host.script = lambda _: json_answer(200, {"tags": ["1.0"], "errors": errors})
    assert read(transport, host) == ["1.0"]
    host.script = lambda _: json_answer(200, {"tags": ["1.0"], "errors": [{"code": "DENIED"}]})
    assert read(transport, host) == ["1.0"]


def counted(link: Callable[[int], str], tags: Callable[[int], list[str]]) -> Callable[[Request], Answer]:
    """Page after page, each with a link."""
    numbers = itertools.count()

    def page(_: Request) -> Answer:
        number = next(numbers)
        return json_answer(200, {"tags": tags(number)}, ("Link", f'<{link(number)}>; rel="next"'))

    return page


ENDLESS: dict[str, tuple[Callable[[int], str], Callable[[int], list[str]], list[str], int]] = {
    "the same page by the same link": (lambda _: "?last=1.0", lambda _: ["1.0"], ["1.0"], 2),
    "the same page by new links": (lambda number: f"?last={number}", lambda _: ["1.0"], ["1.0"], 2),
    "a link to itself": (lambda _: "", lambda _: ["1.0"], ["1.0"], 2),
    "links in a circle": (lambda n: f"?last={n % 2}", lambda n: [f"1.{n % 3}"], ["1.0", "1.1", "1.2"], 3),
    "the first page again": (lambda _: "?n=1000", lambda n: [f"1.{n}"], ["1.0", "1.1"], 2),
}


@pytest.mark.parametrize(("link", "tags", "known", "requests"), ENDLESS.values(), ids=ENDLESS)
def test_a_list_with_a_circle_breaks_off(
    transport: Transport,
    host: ScriptedHost,
    link: Callable[[int], str],
    tags: Callable[[int], list[str]],
    known: list[str],
    requests: int,
) -> None:
    """Its tags so far come first, and the message says how many there are."""
    host.script = counted(link, tags)
    found, failure = read_until_failure(transport, host)

    assert isinstance(failure, Garbage)
    assert "team/app: the list of tags does not end" in str(failure)
    assert f"{len(known)} tags are known" in str(failure)
    assert found == known
    assert len(host.requests) == requests


@pytest.mark.parametrize(
    ("limit", "most", "requests"), [("MOST_TAGS", 20, 21), ("MOST_PAGES", 20, 20), ("MOST_BYTES", 500, 29)]
)
def test_a_list_with_ever_new_tags_breaks_off(
    transport: Transport, host: ScriptedHost, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, requests: int
) -> None:
    """The number of tags, of pages and of bytes is limited; empty pages count too."""
    monkeypatch.setattr(tag_pages, limit, most)
    host.script = counted(lambda number: f"?last={number}", lambda number: [f"1.{number}"])
    with pytest.raises(Garbage, match="does not end"):
        read(transport, host)
    assert len(host.requests) == requests

    monkeypatch.setattr(tag_pages, "MOST_PAGES", 20)
    host.script = counted(lambda number: f"?last={number}", lambda _: [])
    with pytest.raises(Garbage, match="does not end"):
        read(transport, host)


def test_a_list_that_takes_too_long_breaks_off(transport: Transport, host: ScriptedHost, clock: Clock) -> None:
    """Each page comes in good time, and the list as a whole does not."""
    pages = counted(lambda number: f"?last={number}", lambda number: [f"1.{number}"])

    def slowly(request: Request) -> Answer:
        clock.sleep(10.0)
        return pages(request)

    host.script = slowly
    with pytest.raises(Garbage, match=r"does not end \(after 300 s\); 31 tags are known"):
        read(transport, host)


def test_a_list_that_breaks_off_gives_its_good_pages(transport: Transport, host: ScriptedHost) -> None:
    """Whoever reads it has every tag of the pages before the failure."""
    good = counted(lambda number: f"?last={number}", lambda number: [f"1.{number}"])
    host.script = lambda request: Answer(403) if request.query.get("last") == "2" else good(request)
    listed = registries(transport).tags(host.image("team/app"))

    assert [next(listed) for _ in range(3)] == ["1.0", "1.1", "1.2"]
    with pytest.raises(Refused, match="answered 403"):
        next(listed)


def test_a_very_long_list_on_one_page_is_read(transport: Transport, host: ScriptedHost) -> None:
    """Distribution 2 never pages: 160,000 tags come as one page, of more than 16 MB if their names are long."""
    tags = [f"{number:0>110}" for number in range(160_000)]
    body = json.dumps({"name": "team/app", "tags": tags}).encode()
    host.script = lambda _: Answer(200, body)

    assert len(body) > 16 * 1024 * 1024
    assert read(transport, host) == tags


def test_a_page_that_is_too_large_is_refused_in_words(transport: Transport, host: ScriptedHost) -> None:
    """Its size is named, and nothing of it is kept."""
    host.script = lambda _: Answer(200, b" " * (32 * 1024 * 1024 + 1))
    with pytest.raises(Garbage, match="team/app/tags/list answered more than 33554432 bytes"):
        read(transport, host)


def test_every_page_is_asked_within_its_own_time(clock: Clock) -> None:
    """The limit for a list is longer than the one for a request, since a long list has many pages."""
    assert timedelta(seconds=20) < tag_pages.MOST_TIME


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    pages=st.lists(
        st.tuples(st.lists(st.text(max_size=4) | st.integers(), max_size=3), st.none() | st.text(max_size=12)),
        min_size=1,
        max_size=5,
    )
)
def test_any_pages_end_as_tags_or_as_a_failure(
    transport: Transport, host: ScriptedHost, pages: list[tuple[list[object], str | None]]
) -> None:
    """No other error is raised, and no tag comes twice."""
    numbers = itertools.count()

    def page(_: Request) -> Answer:
        tags, link = pages[next(numbers) % len(pages)]
        clean = "".join(each for each in link or "" if each.isascii() and each.isprintable())
        return json_answer(200, {"tags": tags}, *([("Link", f"<{clean}>; rel=next")] if link is not None else []))

    host.script = page
    found, _ = read_until_failure(transport, host)

    assert len(found) == len(set(found))
