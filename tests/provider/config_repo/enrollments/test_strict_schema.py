"""Tests of the messages of a strict schema."""

from datetime import timedelta

import pytest
from marshmallow import ValidationError

from provider.config_repo.enrollments.strict_schema import StrictSchema, choice, duration, flag, part, text, texts


class Inner(StrictSchema):
    """A mapping inside another."""

    word = text()


class Outer(StrictSchema):
    """One field of each kind."""

    word = text()
    kind = choice(["one", "two"])
    truth = flag()
    delay = duration(timedelta(days=7))
    words = texts(lambda word: None if word == "a" else "is not a", example="a")
    inner = part(Inner)


@pytest.mark.parametrize(
    ("document", "errors"),
    [
        ([], {"_schema": ["must be a mapping of keys to values"]}),
        ({"wrod": "a"}, {"wrod": ["wrod is not known; did you mean word?"]}),
        ({"inner": {"wrod": "a"}}, {"inner": {"wrod": ["wrod is not known; did you mean word?"]}}),
        ({"zzz": 1}, {"zzz": ["zzz is not known; known are word, kind, truth, delay, words, inner"]}),
        ({"a\nb": 1}, {"a\nb": ["'a\\nb' is not known; known are word, kind, truth, delay, words, inner"]}),
        ({"word": 12}, {"word": ["must be text; put it in quotes"]}),
        ({"word": ["a"]}, {"word": ["must be text, not a list"]}),
        ({"word": {"a": "b"}}, {"word": ["must be text, not a mapping"]}),
        ({"kind": ["one"]}, {"kind": ["must be text, not a list"]}),
        ({"words": [["a"]]}, {"words": {0: ["must be text, not a list"]}}),
        ({"<<": {}}, {"<<": ["<< is not known; merge keys are not supported; write the keys out in each entry"]}),
        ({"word": None}, {"word": ["is empty; write a value or leave the key out"]}),
        ({"kind": "three"}, {"kind": ["'three' is not known; write one of one, two"]}),
        ({"truth": "yes"}, {"truth": ["must be true or false, without quotes"]}),
        ({"truth": 1}, {"truth": ["must be true or false, without quotes"]}),
        ({"delay": "7x"}, {"delay": ["'7x' is not a duration; write for example 12h, 7d or 2w"]}),
        ({"delay": 7}, {"delay": ["is not a duration; write for example 12h, 7d or 2w"]}),
        ({"words": "a"}, {"words": ["must be a list, for example [a]"]}),
        ({"words": {"a": 1}}, {"words": ["must be a list, for example [a]"]}),
        ({"words": ["a", "b"]}, {"words": {1: ["is not a"]}}),
        ({"inner": []}, {"inner": {"_schema": ["must be a mapping of keys to values"]}}),
    ],
)
def test_every_message_names_a_valid_value(document: object, errors: object) -> None:
    """Each message says what is wrong with the value and what to write instead."""
    with pytest.raises(ValidationError) as refused:
        Outer().load(document)  # type: ignore[arg-type]  # the test passes what is not a mapping

    assert refused.value.messages == errors


def test_values_are_loaded_with_their_types() -> None:
    """A duration is loaded as a timedelta, and a key that is left out gets its default."""
    assert Outer().load({"delay": "2w"})["delay"] == timedelta(days=14)
    assert Outer().load({"truth": False}) == {"truth": False, "delay": timedelta(days=7)}
