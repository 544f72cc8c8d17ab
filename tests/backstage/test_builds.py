"""The tab Builds."""

import re

import pytest
from playwright.sync_api import Page, expect

from demo.connected import Connected
from demo.sample_history import RUNS
from tests.backstage.conftest import SignIn

pytestmark = pytest.mark.backstage

TAB = "/catalog/default/resource/portal/builds"


def _refresh(page: Page) -> None:
    """Ask for the list again, once it is there: a click before joins the request that is running."""
    expect(page.get_by_role("row", name=re.compile("Change number")).first).to_be_visible()
    page.get_by_role("button", name="Refresh").click()


def test_req_13_1_only_runs_of_the_workflow_of_the_image_are_shown(sign_in: SignIn, both: Connected) -> None:
    """req_13_3: the repository has runs of another workflow, too; the total counts those of build.yml alone."""
    total = sum(run.workflow.path.endswith("/build.yml") for run in both.world.github.runs("acme/portal"))
    page = sign_in("joe", TAB)

    expect(page.get_by_text(f"{total} builds")).to_be_visible()
    expect(page.get_by_text("Lint", exact=True)).to_have_count(0)
    assert total >= RUNS


def test_req_13_2_a_run_has_status_duration_commit_and_time(sign_in: SignIn) -> None:
    """req_13_4: with links to the run and to the commit at GitHub."""
    page = sign_in("guest", TAB)
    row = page.get_by_role("row", name=re.compile(r"Change number 30\b"))

    expect(row.get_by_text("Success")).to_be_visible()
    expect(row.get_by_text(re.compile(r"\d+ (s|min)|\d+m|\d+s")).first).to_be_visible()
    expect(row.get_by_role("link", name=re.compile("^[0-9a-f]{7,}"))).to_have_attribute(
        "href", re.compile("/acme/portal/commit/[0-9a-f]{40}$")
    )
    expect(row.get_by_role("link", name=re.compile("Change number 30"))).to_have_attribute(
        "href", re.compile(r"/acme/portal/actions/runs/\d+$")
    )
    expect(row.locator("time").first).to_have_attribute("datetime", re.compile("^2"))


def test_req_13_5_a_failed_run_stands_out(sign_in: SignIn) -> None:
    """It has the word and the sign of a failure, and can be found by its status."""
    page = sign_in("joe", TAB)
    page.get_by_label("Status").first.click()
    page.get_by_role("option", name="Failed").click()

    failed = page.get_by_role("row", name=re.compile(r"Change number 17\b"))
    expect(failed.get_by_text("Failed")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(r"Change number 30\b"))).to_have_count(0)


def test_req_13_6_a_running_build_finishes_while_the_page_is_open(sign_in: SignIn, both: Connected) -> None:
    """The row changes without a reload."""
    run = both.world.github.add_run("acme/portal", "build.yml", title="A build that runs")
    both.world.github.start(run.id)
    page = sign_in("jane", TAB)
    _refresh(page)
    row = page.get_by_role("row", name=re.compile("A build that runs"))
    expect(row.get_by_text("In progress")).to_be_visible()

    both.world.github.finish(run.id, "success")

    expect(row.get_by_text("Success")).to_be_visible()


def test_req_13_7_older_runs_are_on_the_next_pages(sign_in: SignIn) -> None:
    """The newest run is first; the oldest one is on the last page."""
    page = sign_in("joe", TAB)
    expect(page.get_by_role("row", name=re.compile(r"Change number 33\b"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(r"Change number 0\b"))).to_have_count(0)

    following = page.get_by_role("button", name="Next table page")
    following.click()

    expect(page.get_by_role("row", name=re.compile(r"Change number 0\b"))).to_be_visible()


def test_req_13_8_an_owner_re_runs_a_failed_build(sign_in: SignIn, both: Connected) -> None:
    """The dialog says what happens, and the answer says that GitHub took it."""
    run = both.world.github.add_run("acme/portal", "build.yml", title="A build that failed", conclusion="failure")
    page = sign_in("jane", TAB)
    _refresh(page)

    page.get_by_role("button", name="Re-run A build that failed").click()
    page.get_by_role("button", name="Re-run failed jobs").click()

    expect(page.get_by_text("GitHub accepted the re-run")).to_be_visible()
    assert both.attempts(run.id) == 2


def test_req_13_8_somebody_else_has_no_button(sign_in: SignIn) -> None:
    """The page says why."""
    page = sign_in("joe", TAB)

    expect(page.get_by_text("You do not have permission to re-run the builds of this image")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Re-run"))).to_have_count(0)
