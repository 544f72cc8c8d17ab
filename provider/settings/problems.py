"""The error about wrong settings."""

from collections.abc import Iterable

from provider.errors import ProviderError


class SettingsError(ProviderError):
    """The environment cannot be used; the message has a line for each problem, and no secret.

    Attributes:
        problems: the lines: the variable, what is wrong, what to write.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
