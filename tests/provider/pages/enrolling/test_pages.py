"""The pages that enroll, change and remove images."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from catalog.image import DiscoveryDocument, DiscoveryStatus
from proxy.errors import Unavailable
from tests.fakes.forge import FakeForge
from tests.provider.api.enrolling.enrolling_world import ADMIN, JANE, TEAM, TEXT, EnrollingWorld, enrolling_world
from tests.provider.web_images import managed

OURS = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
NEW = {"name": "fresh", "registry": "ghcr.io", "repository": "acme/fresh"}
GITHUB = {
    "source.provider": "github",
    "source.repo": "acme/portal",
    "build.system": "github-actions",
    "build.workflow": "b.yml",
}
HTML = "<script>alert(1)</script>\"'&lt;"


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[EnrollingWorld]:
    """The web part over a config repository."""
    with enrolling_world(tmp_path) as world:
        yield world


def get(world: EnrollingWorld, path: str, token: str = ADMIN) -> TestResponse:
    """A page."""
    return world.client.get(path, headers={"Authorization": f"Bearer {token}", "Accept": "text/html"})


def hidden(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the form of a page."""
    form = page.text.partition("<main")[2]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def post(world: EnrollingWorld, path: str, sent: Mapping[str, Any], token: str = ADMIN, **headers: str) -> TestResponse:
    """Send a form."""
    sender = {"Authorization": f"Bearer {token}", "Accept": "text/html", **OURS, **headers}
    return world.client.post(path, data=sent, headers=sender)


def submit(
    world: EnrollingWorld, path: str, values: Mapping[str, str], step: str = "commit", token: str = ADMIN
) -> TestResponse:
    """Open the form, fill it in, and send it."""
    page = get(world, path, token)
    assert page.status_code == 200, page.text
    return post(world, path, {**shown(page), **values, **hidden(page), "step": step}, token)


def shown(page: TestResponse) -> dict[str, str]:
    """The values of the fields of a page."""
    found = {
        name: unescape(value)
        for value, name in re.findall(
            r'<input class="form-control[^"]*" type="text" value="([^"]*)"[^>]* name="([^"]+)"', page.text
        )
    }
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page.text):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        found[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return found


def test_an_admin_enrolls_an_image(world: EnrollingWorld) -> None:
    """One commit that names the caller, the audit as by API, a request to the worker, and a page that says so."""
    before = world.remote.head()
    answer = submit(world, "/images/new", {**NEW, **GITHUB, "title": "Fresh"})

    assert (answer.status_code, answer.location) == (303, "/images/fresh/enrolled")
    assert world.remote.head() != before
    assert world.remote.read("images.yaml").startswith(f"{TEXT}- name: fresh\n")
    assert world.remote.git("log", "-1", "--format=%(trailers:key=Requested-by,valueonly)").strip() == "boss"
    assert world.asked == ["fresh"]
    (record,) = world.audit()
    assert (record["caller"], record["action"], record["name"], record["outcome"], record["reason"]) == (
        "boss",
        "enroll-image",
        "fresh",
        "done",
        f"commit {world.remote.head()}",
    )
    page = get(world, answer.location)
    assert f"fresh was enrolled in commit {world.remote.head()[:12]}, file images.yaml." in page.text
    assert "The worker is about to apply the entry." in page.text


def test_the_page_waits_for_the_first_discovery(world: EnrollingWorld) -> None:
    """It says that the discovery runs, then goes on to the image, which repeats what was committed."""
    submit(world, "/images/new", {**NEW, **GITHUB})
    world.index.images["fresh"] = managed("fresh", discovery=DiscoveryDocument(DiscoveryStatus.PENDING))
    assert "The first discovery is running." in get(world, "/images/fresh/enrolled").text
    world.index.images["fresh"] = managed("fresh")
    answer = get(world, "/images/fresh/enrolled")
    assert (answer.status_code, answer.location) == (303, "/images/fresh")
    assert "fresh was enrolled in commit" in get(world, "/images/fresh").text
    assert "fresh was enrolled in commit" not in get(world, "/images/fresh").text


def test_a_user_enrolls_for_the_team(world: EnrollingWorld) -> None:
    """The owner is preselected, and the entry goes to the file of the team."""
    token = world.as_jane(TEAM, "group:default/zebras")
    page = get(world, "/images/new", token)
    assert shown(page)["owner"] == TEAM
    assert (
        submit(world, "/images/new", NEW | {"build.system": "", "source.provider": ""}, token=token).status_code == 303
    )
    assert world.remote.read("images.d/team-a.yaml").startswith("- name: fresh\n")
    assert JANE in world.remote.git("log", "-1", "--format=%b")


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("a-token-of-a-reader", "needs a service token of role admin"),
        ("a-token-of-a-ci", "needs a service token of role admin"),
        ("group:default/team-b", "{files: images.d/team-b.yaml, owners: [group:default/team-b]}"),
        ("group:default/other", "No rule of policy.yaml lets user:default/jane add entries"),
    ],
)
def test_who_may_not_enroll_reads_what_is_missing(world: EnrollingWorld, token: str, words: str) -> None:
    """403 as a page, also for a form that is sent anyway; nothing is committed."""
    before = world.remote.head()
    real = world.as_jane(token) if token.startswith("group:") else token
    page = get(world, "/images/new", real)
    assert (page.status_code, page.mimetype) == (403, "text/html")
    assert words in unescape(page.text)
    tokens = hidden(get(world, "/images/new"))
    assert post(world, "/images/new", {**tokens, **NEW, "step": "commit"}, real).status_code == 403
    assert world.remote.head() == before
    assert [record["outcome"] for record in world.audit()] == ["not-allowed"]


def test_only_those_who_may_enroll_see_the_links(world: EnrollingWorld) -> None:
    """On the list, and on the page of an image."""
    world.index.images["app"] = managed("app")
    for token, seen in ((ADMIN, True), (world.as_jane(TEAM), True), ("a-token-of-a-reader", False)):
        assert ("/images/new" in get(world, "/images", token).text) is seen
        image = get(world, "/images/app", token).text
        assert ("/images/app/edit" in image, "/images/app/remove" in image) == (seen, seen)


def test_a_check_shows_findings_and_the_diff_and_commits_nothing(world: EnrollingWorld) -> None:
    """Values are kept; nothing is in the audit."""
    before = world.remote.head()
    answer = submit(world, "/images/new", {**NEW, **GITHUB}, step="check")

    assert answer.status_code == 200
    text = unescape(answer.text)
    assert "+- name: fresh" in text
    assert "The change below can be committed." in text
    assert "docker.io/library/node:22" in text
    assert shown(answer)["repository"] == "acme/fresh"
    assert (world.remote.head(), world.audit()) == (before, [])


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "No Good"}, {"name"}),
        ({"registry": "", "repository": "", "rebuildDelay": "7x"}, {"registry", "repository", "rebuildDelay"}),
        ({"platforms": "linux"}, {"platforms"}),
        ({"name": "app"}, {"name"}),
        ({"repository": "acme/app"}, {"repository"}),
        ({"source.provider": "hub", "source.repo": "x"}, {"source-provider"}),
        ({"source.provider": "github", "source.repo": "x"}, {"source-repo"}),
        ({"source.buildArgs": "A", "source.provider": "github", "source.repo": "a/b"}, {"source-buildArgs"}),
        ({"build.system": "github-actions"}, {"build-system", "build-workflow"}),
        ({"autoRebuild": "maybe"}, {"autoRebuild"}),
        ({"file": "../x.yaml"}, {"file"}),
        ({"owner": "x y"}, {"owner"}),
    ],
)
@pytest.mark.parametrize("step", ["check", "commit"])
def test_each_error_is_at_its_field_and_in_the_summary(
    world: EnrollingWorld, values: dict[str, str], errors: set[str], step: str
) -> None:
    """The summary links to the fields, and the fields are described by their errors; what was written is kept."""
    before = world.remote.head()
    plain = {**NEW, "source.provider": "", "build.system": ""}
    answer = submit(world, "/images/new", {**plain, **values}, step=step)

    assert answer.status_code in (409, 422)
    assert set(re.findall(r'<li><a href="#([^"]+)">', answer.text)) == errors
    for each in errors:
        assert re.search(rf'id="{each}"[^>]*aria-describedby="{each}-error[^>]*aria-invalid="true"', answer.text), each
        assert re.search(rf'id="{each}-error">[^<]', answer.text), each
    for key, value in values.items():
        assert shown(answer)[key] == value
    assert world.remote.head() == before


def test_while_typing_a_missing_field_is_not_an_error(world: EnrollingWorld) -> None:
    """The answer is 200 with what is known so far."""
    answer = submit(world, "/images/new", {"name": "Wrong!"}, step="typing")
    assert answer.status_code == 200
    assert re.search(r'id="name-error">[^<]', answer.text)
    assert '<div class="invalid-feedback" id="registry-error"></div>' in answer.text
    answer = submit(world, "/images/new", {"name": "fresh"}, step="typing")
    assert "Fill in the required fields to see what would be committed." in answer.text


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "registry",
        "source.repo",
        "title",
        "description",
        "owner",
        "platforms",
        "source.buildArgs",
        "build.system",
        "rebuildOn",
        "file",
    ],
)
def test_html_is_shown_as_text(world: EnrollingWorld, key: str) -> None:
    """In fields, errors, findings and the diff."""
    answer = submit(world, "/images/new", {**NEW, **GITHUB, key: HTML}, step="check")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


@pytest.mark.parametrize("key", ["name", "title", "source.buildArgs", "platforms", "rebuildDelay"])
def test_control_characters_are_refused_at_their_field(world: EnrollingWorld, key: str) -> None:
    """NUL and its kind cannot be stored."""
    before = world.remote.head()
    for character in ("\0", "\x1b", "\x7f"):
        answer = submit(world, "/images/new", {**NEW, **GITHUB, key: f"a{character}b=c"})
        assert answer.status_code == 422
        assert f'href="#{key.replace(".", "-")}"' in answer.text
    assert world.remote.head() == before


@pytest.mark.parametrize("key", ["name", "description", "unknown", "csrf_token"])
def test_a_value_of_a_megabyte_is_refused(world: EnrollingWorld, key: str) -> None:
    """413 as a page, before the form is read."""
    tokens = hidden(get(world, "/images/new"))
    answer = post(world, "/images/new", {**tokens, **NEW, "step": "commit", key: "x" * 2**20})
    assert (answer.status_code, answer.mimetype) == (413, "text/html")


@pytest.mark.parametrize(
    "more", [{"nmae": "x"}, {"admin": "true"}, {"name": ["fresh", "other"]}, {"source": "x"}, {"step": "drop"}]
)
def test_unknown_fields_are_refused(world: EnrollingWorld, more: dict[str, Any]) -> None:
    """400, and nothing is committed."""
    before = world.remote.head()
    tokens = hidden(get(world, "/images/new"))
    assert post(world, "/images/new", {**tokens, **NEW, "step": "commit", **more}).status_code == 400
    assert world.remote.head() == before


def test_a_form_that_is_sent_twice_makes_one_commit(world: EnrollingWorld) -> None:
    """The second answer is the first one, for an enrollment, a change and a removal."""
    for path, values in (
        ("/images/new", {**NEW, **GITHUB}),
        ("/images/app/edit", {"title": "A"}),
        ("/images/app/remove", {}),
    ):
        page = get(world, path)
        sent = {**shown(page), **values, **hidden(page), **({} if path.endswith("remove") else {"step": "commit"})}
        first = post(world, path, sent)
        head = world.remote.head()
        second = post(world, path, sent)
        assert (first.status_code, first.location) == (second.status_code, second.location) == (303, first.location)
        assert world.remote.head() == head
    assert len(world.audit()) == 3


def test_the_key_of_a_form_belongs_to_its_values_and_its_caller(world: EnrollingWorld) -> None:
    """Other values with the same key are refused; another caller's form with the same key is a new one."""
    page = get(world, "/images/new")
    sent = {**shown(page), **NEW, **hidden(page), "step": "commit", "build.system": "", "source.provider": ""}
    assert post(world, "/images/new", sent).status_code == 303
    head = world.remote.head()
    answer = post(world, "/images/new", {**sent, "name": "other"})
    assert (answer.status_code, world.remote.head()) == (409, head)
    assert "submitted before with other values" in answer.text
    answer = post(world, "/images/new", sent, world.as_jane("group:default/admins"))
    assert (answer.status_code, world.remote.head()) == (409, head)
    assert "fresh is the name of another entry" in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"}, 403),
        ({}, 303),
    ],
)
@pytest.mark.parametrize("path", ["/images/new", "/images/app/edit", "/images/app/remove"])
def test_a_page_elsewhere_sends_nothing(world: EnrollingWorld, headers: dict[str, str], status: int, path: str) -> None:
    """A form of another site is refused, and nothing is committed."""
    page = get(world, path)
    before = world.remote.head()
    values = (
        {} if path.endswith("remove") else {"step": "commit", "title": "T", **(NEW if path.endswith("new") else {})}
    )
    plain = {} if path.endswith("remove") else {"source.provider": "", "build.system": ""}
    answer = post(world, path, {**shown(page), **plain, **values, **hidden(page)}, **headers)
    assert answer.status_code == status
    assert (world.remote.head() == before) is (status == 403)


@pytest.mark.parametrize("token", ["", "wrong", None])
def test_a_form_without_the_token_of_its_session_is_refused(world: EnrollingWorld, token: str | None) -> None:
    """None, a wrong one, and that of another session."""
    own = hidden(get(world, "/images/new"))
    if token is None:
        other = world.client.application.test_client()
        found = other.get("/images/new", headers={"Authorization": f"Bearer {ADMIN}"})
        token = hidden(found)["csrf_token"]
    answer = post(world, "/images/new", {**own, **NEW, "step": "commit", "csrf_token": token})
    assert answer.status_code == 400
    assert "expired or was sent from another site" in answer.text


def test_the_form_has_the_entry_as_it_is_in_its_file(world: EnrollingWorld) -> None:
    """Not the defaults; a change is one commit that keeps comments."""
    page = get(world, "/images/app/edit")
    assert {
        key: value for key, value in shown(page).items() if key in ("name", "owner", "source.provider", "file")
    } == {
        "name": "app",
        "owner": TEAM,
        "source.provider": "",
        "file": "images.yaml",
    }
    answer = submit(world, "/images/app/edit", {"title": "The app"})
    assert (answer.status_code, answer.location) == (303, "/images/app")
    assert world.remote.read("images.yaml") == f"{TEXT}  title: The app\n"
    assert [record["action"] for record in world.audit()] == ["change-image"]


def test_a_change_that_is_reviewed_leads_to_its_pull_request(tmp_path: Path) -> None:
    """The page has its link and its state, until it is merged; nothing is committed to the config branch."""
    forge = FakeForge()
    with enrolling_world(tmp_path, forge, always_reviewed=True) as world:
        before = world.remote.head()
        answer = submit(world, "/images/new", {**NEW, **GITHUB})
        assert (answer.status_code, answer.location, world.remote.head()) == (303, "/images/fresh/reviews", before)
        page = get(world, answer.location).text
        assert "A pull request has the change of fresh." in page
        assert 'href="https://forge.example.com/pulls/1"' in page
        assert "Open</span>" in page
        assert [record["reason"] for record in world.audit()] == ["pull request https://forge.example.com/pulls/1"]
        assert "None of the last pull requests" in get(world, "/images/app/reviews").text


def test_open_reviews_are_found_from_the_list_of_images(tmp_path: Path) -> None:
    """Also those of images that are not tracked yet; where no site has pull requests, there is no link."""
    link = 'href="/enrollments"'
    with enrolling_world(tmp_path / "with", FakeForge(), always_reviewed=True) as world:
        assert "has opened no pull request" in get(world, "/enrollments").text
        submit(world, "/images/new", {**NEW, **GITHUB})
        assert link in get(world, "/images").text
        page = get(world, "/enrollments").text
        assert "Reviews of enrollments" in page
        assert 'href="https://forge.example.com/pulls/1"' in page
    with enrolling_world(tmp_path / "without") as world:
        assert link not in get(world, "/images").text


def test_a_site_that_does_not_answer_is_a_page_too(tmp_path: Path) -> None:
    """503, with what is wrong."""
    forge = FakeForge()
    forge.go_down(Unavailable("forge.example.com does not answer"))
    with enrolling_world(tmp_path, forge) as world:
        answer = get(world, "/images/app/reviews")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")


def test_an_image_is_renamed(world: EnrollingWorld) -> None:
    """With another name in the form."""
    answer = submit(world, "/images/app/edit", {"name": "portal"})
    assert (answer.status_code, answer.location) == (303, "/images/portal/enrolled")
    assert "- name: portal # the app" in world.remote.read("images.yaml")
    assert sorted(world.asked) == ["app", "portal"]


def test_a_change_on_top_of_somebody_elses_is_refused(world: EnrollingWorld) -> None:
    """The form notices that the entry is another one now."""
    page = get(world, "/images/app/edit")
    sent = {**shown(page), **hidden(page), "title": "Mine", "step": "commit"}
    submit(world, "/images/app/edit", {"title": "Theirs"})
    head = world.remote.head()
    answer = post(world, "/images/app/edit", sent)
    assert (answer.status_code, world.remote.head()) == (409, head)
    assert "Someone else changed this entry" in answer.text
    assert shown(answer)["title"] == "Mine"


def test_a_removal_says_what_happens(world: EnrollingWorld) -> None:
    """An image that others depend on stays as a base image; another one is archived."""
    world.index.images["app"] = managed("app")
    page = get(world, "/images/app/remove").text
    assert "No image depends on it, so it is archived" in page
    world.index.images["child"] = managed("child", "app")
    page = get(world, "/images/app/remove").text
    assert "1 image depends on it, so it stays as a base image" in page
    assert 'href="/images/child"' in page
    answer = submit(world, "/images/app/remove", {}, step="")
    assert answer.status_code == 400
    sent = hidden(get(world, "/images/app/remove"))
    answer = post(world, "/images/app/remove", sent)
    assert (answer.status_code, answer.location) == (303, "/images")
    assert "name: app" not in world.remote.read("images.yaml")
    assert "app was removed in commit" in get(world, "/images").text


@pytest.mark.parametrize("path", ["edit", "remove"])
def test_only_owners_and_admins_may_change_an_entry(world: EnrollingWorld, path: str) -> None:
    """403 for others, 404 for an entry that is not there."""
    assert get(world, f"/images/app/{path}", "a-token-of-a-reader").status_code == 403
    refused = get(world, f"/images/app/{path}", world.as_jane("group:default/team-b"))
    assert (refused.status_code, "only its owner or an admin may change it" in refused.text) == (403, True)
    assert get(world, f"/images/app/{path}", world.as_jane(TEAM)).status_code == 200
    assert get(world, f"/images/none/{path}").status_code == 404
