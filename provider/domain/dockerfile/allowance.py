"""How much the expansion of a file's variables may cost: without a limit, values of values grow exponentially."""

from provider.domain.dockerfile.errors import ExpansionTooLargeError

LONGEST_VALUE = 1 << 20
"""Characters of one value: as many as the largest file has bytes."""
LARGEST_EXPANSION = 1 << 24
"""Characters that all expansions for one platform may copy or look at together."""


class Allowance:
    """What is left of a limit. Every copy of a value and every step of a pattern takes from it."""

    def __init__(self, characters: int = LARGEST_EXPANSION) -> None:
        self._left = characters

    def take(self, characters: int) -> None:
        """Use so many characters.

        Raises:
            ExpansionTooLargeError: fewer are left.
        """
        if characters > self._left:
            raise ExpansionTooLargeError("its variables expand to more text than is read")
        self._left -= characters
