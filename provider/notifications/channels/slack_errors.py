"""Every error that Slack documents for posting and updating a message: what it concerns, and the remedy. Pure.

Source: Slack's reference, "Errors" of chat.postMessage, chat.update and auth.test (docs.slack.dev/reference/methods).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Concerns(Enum):
    """What an error is about.

    Attributes:
        CONFIGURATION: the token, the app, the channel or the workspace; all messages are refused.
        MESSAGE: the content of this message; others are taken.
        UPDATE: the sent message, which cannot be changed any more.
        LIMIT: the number of requests; the message did not arrive.
        SERVER: Slack itself; the message may have arrived.
    """

    CONFIGURATION = auto()
    MESSAGE = auto()
    UPDATE = auto()
    LIMIT = auto()
    SERVER = auto()


@dataclass(frozen=True, slots=True)
class SlackError:
    """What an error concerns, and what a person has to do; `{channel}` stands for the channel."""

    concerns: Concerns
    remedy: str = ""


_NEW_KEY: Final = "Set IMAGE_FACTORY_SLACK_TOKEN to a valid bot token of the app, and restart the service."
_INVITE: Final = "Invite the app to {channel}: write /invite @ and the name of the app there."
_CHANNEL: Final = "Set IMAGE_FACTORY_SLACK_CHANNEL to a channel that the app can see, or invite the app to {channel}."
_OTHER_CHANNEL: Final = "Set IMAGE_FACTORY_SLACK_CHANNEL to a channel in which the app may post; restart the service."
_UNARCHIVE: Final = "Unarchive {channel}, or set IMAGE_FACTORY_SLACK_CHANNEL to another channel."
_SCOPE: Final = "Add the missing scope to the app (chat:write for messages) and install the app again."
_ADMIN: Final = "Ask an administrator of the Slack workspace to let the app post in {channel}."
_MIGRATION: Final = "Wait: Slack moves the workspace. The service tries again by itself."
_NETWORK: Final = "Ask an administrator of the Slack workspace to allow the app from the network of this service."
_API: Final = "Check IMAGE_FACTORY_SLACK_API_URL and the proxies between this service and Slack."
_USAGE: Final = "Wait, or ask an administrator of the Slack workspace about its usage limits."
_GRANT: Final = "Install the app in the workspace of {channel}, and set IMAGE_FACTORY_SLACK_TOKEN to its token there."

_CONFIGURATION: Mapping[str, str] = {
    "access_denied": _ADMIN,
    "accesslimited": _NETWORK,
    "account_inactive": _NEW_KEY,
    "app_not_installed": _GRANT,
    "as_user_not_supported": _NEW_KEY,
    "bot_not_found": _NEW_KEY,
    "channel_not_found": _CHANNEL,
    "channel_type_not_supported": _OTHER_CHANNEL,
    "deprecated_endpoint": _API,
    "ekm_access_denied": _ADMIN,
    "enterprise_is_restricted": _GRANT,
    "external_channel_migrating": _MIGRATION,
    "forbidden_team": _GRANT,
    "invalid_auth": _NEW_KEY,
    "invalid_charset": _API,
    "invalid_form_data": _API,
    "invalid_post_type": _API,
    "is_archived": _UNARCHIVE,
    "is_inactive": _UNARCHIVE,
    "message_limit_exceeded": _USAGE,
    "messages_tab_disabled": _OTHER_CHANNEL,
    "metadata_must_be_sent_from_app": _NEW_KEY,
    "method_deprecated": _API,
    "missing_post_type": _API,
    "missing_scope": _SCOPE,
    "no_permission": _INVITE,
    "not_allowed_token_type": _NEW_KEY,
    "not_authed": _NEW_KEY,
    "not_in_channel": _INVITE,
    "org_login_required": _MIGRATION,
    "restricted_action": _ADMIN,
    "restricted_action_read_only_channel": _ADMIN,
    "restricted_action_thread_only_channel": _OTHER_CHANNEL,
    "send_on_behalf_not_allowed": _NEW_KEY,
    "team_access_not_granted": _GRANT,
    "team_added_to_org": _MIGRATION,
    "team_not_found": "Set IMAGE_FACTORY_SLACK_CHANNEL to the id of the channel, and restart the service.",
    "token_expired": _NEW_KEY,
    "token_revoked": _NEW_KEY,
    "two_factor_setup_required": _ADMIN,
    "unknown_method": _API,
    "user_is_restricted": _ADMIN,
}
_MESSAGE = (
    "attachment_payload_limit_exceeded",
    "block_mismatch",
    "blocked_file_type",
    "cannot_reply_to_message",
    "cant_broadcast_message",
    "duplicate_channel_not_found",
    "duplicate_message_not_found",
    "file_deleted",
    "file_is_deleted",
    "file_not_found",
    "file_share_limit_reached",
    "invalid_arg_name",
    "invalid_arguments",
    "invalid_array_arg",
    "invalid_attachments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "markdown_text_conflict",
    "max_file_sharing_exceeded",
    "metadata_too_large",
    "missing_file_data",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_dual_broadcast_content_update",
    "no_text",
    "posting_to_channel_denied",
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "slack_connect_blocked_file_type",
    "slack_connect_canvas_sharing_blocked",
    "slack_connect_clip_sharing_blocked",
    "slack_connect_file_link_sharing_blocked",
    "slack_connect_file_upload_sharing_blocked",
    "slack_connect_lists_sharing_blocked",
    "too_many_attachments",
    "too_many_contact_cards",
    "unable_to_share_files",
)
_UPDATE = ("cant_update_message", "edit_window_closed", "message_not_found", "message_not_owned_by_app")
_LIMIT = ("rate_limited", "ratelimited", "streaming_state_conflict")
# "It's possible some aspect of the operation succeeded before the error was raised."
_SERVER = ("fatal_error", "internal_error", "request_timeout", "service_unavailable", "update_failed")

SLACK_ERRORS: Mapping[str, SlackError] = {
    **{code: SlackError(Concerns.CONFIGURATION, remedy) for code, remedy in _CONFIGURATION.items()},
    **dict.fromkeys(_MESSAGE, SlackError(Concerns.MESSAGE)),
    **dict.fromkeys(_UPDATE, SlackError(Concerns.UPDATE)),
    **dict.fromkeys(_LIMIT, SlackError(Concerns.LIMIT)),
    **dict.fromkeys(_SERVER, SlackError(Concerns.SERVER)),
}

OF_ONE_CHANNEL: Final = frozenset(
    ("channel_not_found", "not_in_channel", "is_archived", "is_inactive", "no_permission")
)
"""Errors about the channel of an earlier message, which may be another one than the channel of today."""

UNDOCUMENTED: Final = SlackError(Concerns.CONFIGURATION, "Look up the error in Slack's documentation.")
