"""Reading bodies of which any value may be missing or another."""

from provider.notifications.channels import bodies


def test_what_is_there_is_read() -> None:
    """Texts, objects, lists and days."""
    body = {"a": "x", "b": {"c": "y"}, "d": [{"e": "z"}, "no object"], "at": "2026-11-22T10:00:00+00:00"}

    assert (bodies.text(body, "a"), bodies.part(body, "b"), bodies.day(body, "at")) == ("x", {"c": "y"}, "2026-11-22")
    assert bodies.parts(body, "d") == [{"e": "z"}]


def test_what_is_missing_or_another_thing_is_empty() -> None:
    """None of it is an error."""
    body = {"a": 1, "b": [], "d": "text"}

    assert (bodies.text(body, "a"), bodies.text(body, "z"), bodies.part(body, "b")) == ("", "", {})
    assert list(bodies.parts(body, "d")) == []
