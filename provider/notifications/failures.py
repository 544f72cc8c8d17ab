"""Why a channel does not take a message, where waiting alone does not help."""

from provider.errors import ProviderError


class ChannelClosed(ProviderError):
    """The channel takes no message until its configuration changes: its token, its address, or who may post there.

    Attributes:
        remedy: what a person has to do; a sentence.
        documented: the channel's documentation has this error. Other errors may concern one message only.
        retried: a later try may succeed; otherwise the channel has asked for no further tries.
        elsewhere: only the address that was asked is closed; the channel may have another one now.
    """

    def __init__(
        self, message: str, remedy: str, *, documented: bool = True, retried: bool = True, elsewhere: bool = False
    ) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.documented = documented
        self.retried = retried
        self.elsewhere = elsewhere


class MessageRefused(ProviderError):
    """The channel refuses the content of this message; it takes others."""


class CannotUpdate(ProviderError):
    """The sent message cannot be changed, for example because somebody deleted it; a new message can be sent."""
