"""Text from outside in one line."""

from hypothesis import given
from hypothesis import strategies as st

from provider.git.texts import one_line, shortened


@given(st.text(), st.integers(1, 80))
def test_text_from_outside_becomes_one_printable_line(text: str, width: int) -> None:
    """Control, direction and surrogate characters are removed, and the text is at most `width` characters long."""
    line = shortened(one_line(text), width)

    assert len(line) <= width
    assert "\n" not in line
    line.encode("utf-8")
    assert one_line(line) == line
