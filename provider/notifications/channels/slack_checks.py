"""What is wrong with the token or the channel, from Slack's answers to auth.test and conversations.info. Pure.

Source: Slack's reference of both methods; the header x-oauth-scopes lists the scopes of the token.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from provider.notifications.queue_state import ChannelProblem

READING: Final = frozenset({"channels:read", "groups:read"})
"""The scopes that allow to ask for a channel: a public one, a private one."""

# Tokens of old apps have `bot` or the scopes that chat:write replaced.
_WRITING = frozenset({"chat:write", "chat:write:bot", "chat:write:user", "bot"})
_HISTORIES = ("channels:history", "groups:history")


@dataclass(frozen=True, slots=True)
class ChannelDocument:
    """What Slack says about a channel; `missing`: the app cannot see it."""

    name: str
    private: bool = False
    archived: bool = False
    member: bool = False
    missing: bool = False

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """From the answer to conversations.info."""
        found = answer.get("channel")
        document = found if isinstance(found, dict) else {}
        private, archived, member = (document.get(key) is True for key in ("is_private", "is_archived", "is_member"))
        return cls(f"#{document.get('name', '')}", private, archived, member)


def scopes_of(headers: Mapping[str, Any]) -> frozenset[str] | None:
    """The scopes of the token that was sent; None if Slack did not list them."""
    lower = {name.lower(): value for name, value in headers.items()}
    listed = lower.get("x-oauth-scopes")
    return None if listed is None else frozenset(scope.strip() for scope in str(listed).split(",") if scope.strip())


def problems(
    scopes: frozenset[str] | None, app: str, where: str, channel: ChannelDocument | None
) -> Sequence[ChannelProblem]:
    """Everything that is wrong, what stops messages first.

    Args:
        scopes: those of the token; None: not known.
        app: the name of the app's bot user.
        where: the channel as the settings name it.
        channel: what Slack says about it; None: not known.
    """
    found = [*_of_channel(scopes, app or "the app", where, channel), *_of_scopes(scopes, channel)]
    return sorted(found, key=lambda each: not each.stops)


def _of_channel(
    scopes: frozenset[str] | None, app: str, where: str, channel: ChannelDocument | None
) -> Iterator[ChannelProblem]:
    if channel is None:
        return
    if channel.missing:
        remedy = f"Invite the app there: write /invite @{app}. Or set IMAGE_FACTORY_SLACK_CHANNEL to another channel."
        yield ChannelProblem(f"the app cannot see the channel {where}", remedy)
    elif channel.archived:
        remedy = "Unarchive it, or set IMAGE_FACTORY_SLACK_CHANNEL to another channel and restart the service."
        yield ChannelProblem(f"the channel {channel.name} is archived", remedy)
    elif not channel.member and (channel.private or "chat:write.public" not in (scopes or ())):
        remedy = f"Invite the app to {channel.name}: write /invite @{app} there."
        yield ChannelProblem(f"the app is not in the channel {channel.name}", remedy)


def _of_scopes(scopes: frozenset[str] | None, channel: ChannelDocument | None) -> Iterator[ChannelProblem]:
    if scopes is None:
        return
    if not scopes & _WRITING:
        remedy = "Add the scope chat:write to the app and install the app again."
        yield ChannelProblem("the token does not have the scope chat:write", remedy)
    wanted = _HISTORIES if channel is None else (_HISTORIES[channel.private],)
    if not scopes & {*wanted, "bot"}:
        needed = " or ".join(wanted)
        text = f"the token does not have the scope {needed}, so a message whose answer is lost may arrive twice"
        remedy = "Add the scope to the app and install the app again; without it no message is lost."
        yield ChannelProblem(text, remedy, stops=False)
