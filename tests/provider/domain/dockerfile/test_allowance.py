"""What the variables of a file may cost together."""

import pytest

from provider.domain.dockerfile.allowance import Allowance
from provider.domain.dockerfile.errors import ExpansionTooLargeError


def test_an_allowance_can_be_used_up_and_not_exceeded() -> None:
    """What is refused takes nothing."""
    allowance = Allowance(3)
    allowance.take(1)
    with pytest.raises(ExpansionTooLargeError):
        allowance.take(3)

    allowance.take(2)
    with pytest.raises(ExpansionTooLargeError):
        allowance.take(1)
