"""What git's error output means. The samples are from git 2.39, GitHub and GitLab."""

import pytest

from provider.errors import CheckoutUnwritable, RepositoryBroken
from provider.git.failures import GitLogin, Push, failure_of, gist, push_outcome, source_failure_of
from proxy.errors import NoSuchRepository, Refused, Unavailable

BRANCH = "abc:refs/heads/main"


@pytest.mark.parametrize(
    ("summary", "outcome"),
    [
        ("[rejected] (fetch first)", Push.RACED),
        ("[rejected] (non-fast-forward)", Push.RACED),
        ("[remote rejected] (failed to update ref)", Push.RACED),
        ("[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)", Push.RACED),
        ("[remote rejected] (incorrect old value provided)", Push.RACED),
        ("[remote rejected] (reference already exists)", Push.RACED),
        ("[remote rejected] (protected branch hook declined)", Push.REFUSED),
        ("[remote rejected] (push declined due to repository rule violations)", Push.REFUSED),
        ("[remote rejected] (pre-receive hook declined)", Push.REFUSED),
        ("[remote rejected] (branch is currently checked out)", Push.REFUSED),
        ("[remote rejected] (unpacker error)", Push.UNANSWERED),
    ],
)
def test_a_rejected_push_is_a_lost_race_or_a_refusal(summary: str, outcome: Push) -> None:
    """Only a moved branch is fetched and pushed again."""
    assert push_outcome(1, f"To https://host/x\n!\t{BRANCH}\t{summary}\nDone") is outcome


def test_a_push_without_a_report_has_an_unknown_outcome() -> None:
    """Exit status 0 is success; after a failure without a report the push may have been accepted."""
    assert push_outcome(0, f"To x\n \t{BRANCH}\t1..2\nDone") is Push.ACCEPTED
    assert push_outcome(128, "") is Push.UNANSWERED


@pytest.mark.parametrize(
    ("stderr", "kind"),
    [
        ("fatal: Authentication failed for 'https://host/x/'", Refused),
        ("fatal: could not read Username for 'https://host': terminal prompts disabled", Refused),
        ("remote: Permission to acme/config.git denied to bot.\nfatal: unable to access", Refused),
        ("fatal: unable to access 'https://host/x/': The requested URL returned error: 403", Refused),
        ("fatal: unable to access 'https://host/x/': The requested URL returned error: 301", Refused),
        ("remote: Repository not found.\nfatal: repository 'https://host/x/' not found", Refused),
        ("git@host: Permission denied (publickey).\nfatal: Could not read from remote repository.", Refused),
        ("Host key verification failed.", Refused),
        ("fatal: unable to access 'https://host/x/': SSL certificate problem: self-signed", Refused),
        ("fatal: unable to access 'https://host/x/': Could not resolve host: host", Unavailable),
        ("fatal: unable to access 'https://host/x/': The requested URL returned error: 502", Unavailable),
        ("fatal: the remote end hung up unexpectedly", Unavailable),
        ("an unknown message", Unavailable),
        ("remote: fatal: write error: No space left on device", Unavailable),
        ("error: remote unpack failed: unable to create temporary object directory", Unavailable),
        ("fatal: couldn't find remote ref refs/heads/main", RepositoryBroken),
        ("fatal: '/srv/x' does not appear to be a git repository", RepositoryBroken),
        ("error: file write error: No space left on device\nfatal: unable to write", CheckoutUnwritable),
    ],
)
def test_the_error_output_decides_which_error_is_raised(stderr: str, kind: type[Exception]) -> None:
    """A refusal needs a person, an outage is temporary; a full local disk and a missing branch have own errors."""
    error = failure_of("fetch main", stderr, asked_remote=True)

    assert type(error) is kind
    assert "could not fetch main" in str(error)


@pytest.mark.parametrize(
    ("stderr", "kind"),
    [
        ("fatal: Unable to create '/x/.git/index.lock': No space left on device", CheckoutUnwritable),
        ("error: insufficient permission for adding an object to repository database", CheckoutUnwritable),
        ("error: object file .git/objects/ab/cd is corrupt", RepositoryBroken),
        ("an unknown message", RepositoryBroken),
    ],
)
def test_a_local_failure_is_the_disk_or_the_repository(stderr: str, kind: type[Exception]) -> None:
    """An unknown failure of a local command is not temporary."""
    assert type(failure_of("commit", stderr, asked_remote=False)) is kind


@pytest.mark.parametrize(
    ("stderr", "kind"),
    [
        ("remote: Repository not found.\nfatal: repository 'https://host/x/' not found", NoSuchRepository),
        ("fatal: unable to access 'https://host/x/': The requested URL returned error: 404", NoSuchRepository),
        ("fatal: '/srv/x' does not appear to be a git repository", NoSuchRepository),
        ("fatal: Authentication failed for 'https://host/x/'", Refused),
        ("fatal: the remote end hung up unexpectedly", Unavailable),
        ("error: file write error: No space left on device\nfatal: unable to write", Unavailable),
        ("error: object file .git/objects/ab/cd is corrupt", Unavailable),
    ],
)
def test_a_source_that_cannot_be_read_is_an_outside_failure(stderr: str, kind: type[Exception]) -> None:
    """All errors are of one family; a failure of this machine counts as temporary."""
    error = source_failure_of("list the tags of https://host/x", stderr)

    assert type(error) is kind
    assert "could not list the tags of https://host/x" in str(error)


@pytest.mark.parametrize(
    ("sends_token", "advice"),
    [
        (False, "the server needs a token: SETTING"),
        (True, "the server refused the token; set a valid one that has access to this repository: SETTING"),
    ],
)
@pytest.mark.parametrize(
    "stderr",
    [
        "fatal: could not read Username for 'https://host': terminal prompts disabled",
        "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://host/x/'",
        "fatal: unable to access 'https://host/x/': The requested URL returned error: 401",
    ],
)
def test_a_missing_token_and_a_refused_token_have_different_messages(
    stderr: str, *, sends_token: bool, advice: str
) -> None:
    """Git reports both in the same way; the message says which one it is and names the setting."""
    login = GitLogin(sends_token, "SETTING")

    assert str(failure_of("fetch main", stderr, asked_remote=True, login=login)) == f"could not fetch main: {advice}"
    assert str(source_failure_of("fetch main", stderr, login)) == f"could not fetch main: {advice}"


def test_the_gist_leaves_out_hints_and_progress() -> None:
    """One line with the reason."""
    stderr = (
        "remote: Counting objects: 3\nremote: error: GH006: Protected branch.\nhint: See the note\n\nTo https://x\n"
    )

    assert gist(stderr) == "remote: error: GH006: Protected branch."
    assert gist("") == "git gave no reason"
