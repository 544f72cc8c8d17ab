"""The community's GitHub Actions plugin, unchanged: people without an account at GitHub see the builds."""

import re

import pytest
from playwright.sync_api import expect

from demo.connected import Connected
from tests.backstage.conftest import SignIn

pytestmark = pytest.mark.backstage

TAB = "/catalog/default/resource/portal/github-actions"


@pytest.mark.parametrize("user", ["jane", "joe", "guest"])
def test_req_13_9_runs_are_seen_without_an_account_at_github(sign_in: SignIn, both: Connected, user: str) -> None:
    """The browser asks only Backstage, and GitHub gets only the token of the service."""
    page = sign_in(user, TAB)

    expect(page.get_by_text("Lint the sources").first).to_be_visible()
    expect(page.get_by_text("Completed").first).to_be_visible()
    total = len(both.world.github.runs("acme/portal"))
    expect(page.get_by_text(re.compile(rf"1 - 5\s+of\s+{total}")).first).to_be_visible()
    assert all(request.authorized for request in both.world.github.log)
