"""Tests of the page /simulate."""

import pytest

from tests.provider.simulation_world import PAYMENTS, SimulationWorld


def test_the_form_computes_nothing() -> None:
    """It is there at once, with delays to start with, and the menu leads to it."""
    world = SimulationWorld()
    page = world.app().test_client().get("/simulate").text
    assert 'name="rebuildDelay" value="1d,3d,7d"' in page
    assert '<a href="/simulate" aria-current="page">What if</a>' in page
    assert "image-factory simulate --since 90d --rebuild-delay 1d,3d,7d" in page
    assert world.reads == 0


def test_the_answer_is_a_table_and_a_picture() -> None:
    """A column and a row of bars for each policy, the same as a table, the worst images, and the notes."""
    page = SimulationWorld().app().test_client().get("/simulate?rebuildDelay=1d,3d").text
    assert "12 images, 40 days" in page
    for label in ("Recorded", "Present policy", "1d delay", "3d delay"):
        assert f'<th scope="col" class="number">{label}</th>' in page
        assert f'<span class="policy">{label}</span>' in page
    assert page.count("<svg viewBox") == 4
    assert 'aria-label="1d delay: from ' in page
    assert "Built on digests that were withdrawn later" in page
    assert 'href="/images/image-1"' in page
    assert "What the figures take for granted" in page
    assert 'href="/api/v1/simulation?format=csv&amp;rebuildDelay=1d,3d"' in page


def test_a_question_that_is_not_valid_stays_in_the_form() -> None:
    """The problem is beside its field."""
    answer = SimulationWorld().app().test_client().get("/simulate?rebuildDelay=soon&window=2h")
    assert answer.status_code == 422
    assert 'value="soon"' in answer.text
    assert 'aria-describedby="rebuildDelay-hint rebuildDelay-problem"' in answer.text
    assert "✕ &#39;soon&#39; is not a duration" in answer.text
    assert 'value="2h"' in answer.text


def test_an_answer_that_takes_too_long_leads_to_the_command() -> None:
    """With the options of the question."""
    world = SimulationWorld(step=1.0)
    answer = world.app().test_client().get(f"/simulate?since=30d&owner={PAYMENTS}")
    assert answer.status_code == 503
    assert "No answer yet" in answer.text
    assert f"image-factory simulate --since 30d --owner {PAYMENTS}" in answer.text
    assert f'href="/simulate?since=30d&amp;owner={PAYMENTS}">Try again</a>' in answer.text


@pytest.mark.parametrize("owner", ["group:default/nobody", "<script>alert(1)</script>", "a b'c"])
def test_an_owner_without_images_leads_on(owner: str) -> None:
    """Whatever its name is, it is shown as text."""
    answer = SimulationWorld().app().test_client().get("/simulate", query_string={"owner": owner})
    assert answer.status_code == 200
    assert "No image is counted" in answer.text
    assert "<script>alert" not in answer.text
