"""What each error that Slack documents concerns."""

import pytest

from provider.notifications.channels.slack_errors import OF_ONE_CHANNEL, SLACK_ERRORS, Concerns

# Source: docs.slack.dev/reference/methods, "Errors" of chat.postMessage (its page and that of chat.appendStream, which
# has the same common errors) and chat.update.
DOCUMENTED = [
    "access_denied",
    "accesslimited",
    "account_inactive",
    "as_user_not_supported",
    "attachment_payload_limit_exceeded",
    "block_mismatch",
    "blocked_file_type",
    "cannot_reply_to_message",
    "cant_broadcast_message",
    "cant_update_message",
    "channel_not_found",
    "channel_type_not_supported",
    "deprecated_endpoint",
    "duplicate_channel_not_found",
    "duplicate_message_not_found",
    "edit_window_closed",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "external_channel_migrating",
    "fatal_error",
    "file_deleted",
    "file_is_deleted",
    "file_not_found",
    "file_share_limit_reached",
    "internal_error",
    "invalid_arg_name",
    "invalid_arguments",
    "invalid_array_arg",
    "invalid_attachments",
    "invalid_auth",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_charset",
    "invalid_form_data",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "invalid_post_type",
    "is_archived",
    "is_inactive",
    "markdown_text_conflict",
    "max_file_sharing_exceeded",
    "message_limit_exceeded",
    "message_not_found",
    "message_not_owned_by_app",
    "messages_tab_disabled",
    "metadata_must_be_sent_from_app",
    "metadata_too_large",
    "method_deprecated",
    "missing_file_data",
    "missing_post_type",
    "missing_scope",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_dual_broadcast_content_update",
    "no_permission",
    "no_text",
    "not_allowed_token_type",
    "not_authed",
    "not_in_channel",
    "org_login_required",
    "posting_to_channel_denied",
    "rate_limited",
    "ratelimited",
    "request_timeout",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "send_on_behalf_not_allowed",
    "service_unavailable",
    "slack_connect_blocked_file_type",
    "slack_connect_canvas_sharing_blocked",
    "slack_connect_clip_sharing_blocked",
    "slack_connect_file_link_sharing_blocked",
    "slack_connect_file_upload_sharing_blocked",
    "slack_connect_lists_sharing_blocked",
    "streaming_state_conflict",
    "team_access_not_granted",
    "team_added_to_org",
    "team_not_found",
    "token_expired",
    "token_revoked",
    "too_many_attachments",
    "too_many_contact_cards",
    "two_factor_setup_required",
    "unable_to_share_files",
    "update_failed",
]


@pytest.mark.parametrize("code", DOCUMENTED)
def test_tracker_every_documented_error_is_in_the_table(code: str) -> None:
    """What stops all messages has a remedy, a sentence; a remedy names a setting, a person or a place."""
    known = SLACK_ERRORS[code]
    assert bool(known.remedy) is (known.concerns is Concerns.CONFIGURATION)
    assert not known.remedy or known.remedy.endswith(".")


@pytest.mark.parametrize(
    "code",
    [
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "invalid_auth",
        "token_expired",
        "token_revoked",
        "account_inactive",
        "missing_scope",
        "team_access_not_granted",
        "org_login_required",
        "accesslimited",
        "restricted_action",
        "not_authed",
        "ekm_access_denied",
    ],
)
def test_a_fault_of_the_token_or_the_channel_concerns_all_messages(code: str) -> None:
    """So it stops them."""
    assert SLACK_ERRORS[code].concerns is Concerns.CONFIGURATION


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long", "no_text", "metadata_too_large"])
def test_a_fault_of_the_content_concerns_one_message(code: str) -> None:
    """So it stops no other."""
    assert SLACK_ERRORS[code].concerns is Concerns.MESSAGE


def test_errors_of_one_channel_are_in_the_table() -> None:
    """They are faults of the configuration."""
    assert {SLACK_ERRORS[code].concerns for code in OF_ONE_CHANNEL} == {Concerns.CONFIGURATION}
