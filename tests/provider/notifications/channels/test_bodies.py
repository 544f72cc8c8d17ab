"""Reading bodies with missing or unexpected values."""

from provider.notifications.channels import bodies


def test_values_of_the_expected_type_are_read() -> None:
    """This holds for texts, objects, lists and dates."""
    body = {"a": "x", "b": {"c": "y"}, "d": [{"e": "z"}, "no object"], "at": "2026-11-22T10:00:00+00:00"}

    assert (bodies.text(body, "a"), bodies.part(body, "b"), bodies.day(body, "at")) == ("x", {"c": "y"}, "2026-11-22")
    assert bodies.parts(body, "d") == [{"e": "z"}]
    assert bodies.texts(body, "d") == ["no object"]


def test_missing_values_and_other_types_are_empty() -> None:
    """They are not errors."""
    body = {"a": 1, "b": [], "d": "text"}

    assert (bodies.text(body, "a"), bodies.text(body, "z"), bodies.part(body, "b")) == ("", "", {})
    assert list(bodies.parts(body, "d")) == []
    assert list(bodies.texts(body, "d")) == []
