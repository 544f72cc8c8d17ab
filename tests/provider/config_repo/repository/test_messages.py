"""Commit messages: their shape, and what text from outside cannot do to them."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.config_repo.repository.messages import SUBJECT_WIDTH, commit_message


def test_a_message_says_what_why_and_who() -> None:
    """Subject, bullets and trailers, each in a paragraph of its own."""
    message = commit_message(
        "Rebuild portal on node:22",
        ["node:22 has moved to sha256:bbb and aged 7 days", "asked for in review"],
        [("Requested-by", "user:default/anna"), ("Cve", "")],
    )

    assert message == (
        "Rebuild portal on node:22\n\n"
        "- node:22 has moved to sha256:bbb and aged 7 days\n"
        "- asked for in review\n\n"
        "Requested-by: user:default/anna\n"
    )


def test_a_long_subject_is_shortened() -> None:
    """A subject has at most 72 characters and shows that it was cut."""
    subject = commit_message("word " * 40).splitlines()[0]

    assert len(subject) <= SUBJECT_WIDTH
    assert subject.endswith("…")


def test_a_long_reason_is_wrapped_without_breaking_digests() -> None:
    """Lines are at most 72 wide, but a digest stays whole to be found by searching."""
    digest = "sha256:" + "a" * 64
    lines = commit_message("Rebuild", [f"the base image node:22-bookworm-slim has moved to {digest}"]).splitlines()

    assert f"  {digest}" in lines


def test_a_message_needs_a_subject() -> None:
    """A subject of nothing but control characters says nothing."""
    with pytest.raises(ValueError, match="subject"):
        commit_message("\n\x00")


def test_a_trailer_needs_a_proper_key() -> None:
    """A key that git would not take is a mistake in our code."""
    with pytest.raises(ValueError, match="Requested-by"):
        commit_message("Rebuild", trailers=[("requested by", "anna")])


@settings(max_examples=25)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_reason_and_no_value_forges_a_trailer(reason: str, value: str) -> None:
    """Git finds exactly the trailers that were given, whatever the other texts hold."""
    message = commit_message(
        f"Rebuild {reason}",
        [reason, f"{reason}\n\nRequested-by: mallory", "Requested-by: mallory"],
        [("Requested-by", f"anna {value}\nRequested-by: mallory")],
    )
    command = ["git", "interpret-trailers", "--parse"]
    found = subprocess.run(command, input=message.encode(), capture_output=True, check=True).stdout.decode()

    assert found.count("\n") == 1
    assert found.startswith("Requested-by: anna")


@pytest.mark.parametrize("reason", ["Requested-by: mallory", "\n\nRequested-by: mallory", "x\u2028Requested-by: m"])
def test_without_trailers_no_text_becomes_one(reason: str) -> None:
    """A message without trailers has none, even when a reason looks like one."""
    message = commit_message("Requested-by: mallory", [reason])
    command = ["git", "interpret-trailers", "--parse"]

    assert subprocess.run(command, input=message.encode(), capture_output=True, check=True).stdout == b""
