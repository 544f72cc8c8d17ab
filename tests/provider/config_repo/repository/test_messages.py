"""Commit messages: their shape, and what text from outside cannot do to them."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.config_repo.repository.messages import SUBJECT_WIDTH, commit_message


def test_a_message_says_what_and_why() -> None:
    """Subject and bullets, each in a paragraph of its own."""
    message = commit_message(
        "Rebuild portal on node:22",
        ["node:22 has moved to sha256:bbb and aged 7 days", "asked for in review"],
    )

    assert message == (
        "Rebuild portal on node:22\n\n- node:22 has moved to sha256:bbb and aged 7 days\n- asked for in review\n"
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


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_no_text_becomes_a_trailer(text: str) -> None:
    """Git finds no trailer in a message, even when a reason looks like one."""
    reasons = [text, f"{text}\n\nRequested-by: mallory", "Requested-by: mallory", "x\u2028Requested-by: m"]
    for subject in (f"Rebuild {text}", "Requested-by: mallory"):
        command = ["git", "interpret-trailers", "--parse"]
        message = commit_message(subject, reasons).encode()
        assert subprocess.run(command, input=message, capture_output=True, check=True).stdout == b""
