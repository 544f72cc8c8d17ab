"""What git's words mean. The words are git's (2.39), GitHub's and GitLab's."""

import pytest

from provider.errors import CheckoutUnwritable, RepositoryBroken
from provider.git.failures import Push, failure_of, gist, push_outcome, source_failure_of
from proxy.errors import NotFound, Refused, Unavailable

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
def test_a_rejected_push_is_a_race_or_a_refusal(summary: str, outcome: Push) -> None:
    """Only a moved branch is worth a fetch and another try."""
    assert push_outcome(1, f"To https://host/x\n!\t{BRANCH}\t{summary}\nDone") is outcome


def test_a_push_without_a_report_has_no_answer() -> None:
    """Exit status 0 is success; a failure that names no branch may have arrived."""
    assert push_outcome(0, f"To x\n \t{BRANCH}\t1..2\nDone") is Push.ACCEPTED
    assert push_outcome(128, "") is Push.UNANSWERED


@pytest.mark.parametrize(
    ("words", "kind"),
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
        ("something that nobody has seen before", Unavailable),
        ("remote: fatal: write error: No space left on device", Unavailable),
        ("error: remote unpack failed: unable to create temporary object directory", Unavailable),
        ("fatal: couldn't find remote ref refs/heads/main", RepositoryBroken),
        ("fatal: '/srv/x' does not appear to be a git repository", RepositoryBroken),
        ("error: file write error: No space left on device\nfatal: unable to write", CheckoutUnwritable),
    ],
)
def test_the_servers_words_name_the_error(words: str, kind: type[Exception]) -> None:
    """Refusals need a person, faults pass, our own disk is our own, and a missing branch is broken."""
    error = failure_of("fetch main", words, asked_remote=True)

    assert type(error) is kind
    assert "could not fetch main" in str(error)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("fatal: Unable to create '/x/.git/index.lock': No space left on device", CheckoutUnwritable),
        ("error: insufficient permission for adding an object to repository database", CheckoutUnwritable),
        ("error: object file .git/objects/ab/cd is corrupt", RepositoryBroken),
        ("something that nobody has seen before", RepositoryBroken),
    ],
)
def test_a_local_failure_is_the_disk_or_the_repository(words: str, kind: type[Exception]) -> None:
    """Without a server in it, an unknown failure is not worth trying again."""
    assert type(failure_of("commit", words, asked_remote=False)) is kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("remote: Repository not found.\nfatal: repository 'https://host/x/' not found", NotFound),
        ("fatal: unable to access 'https://host/x/': The requested URL returned error: 404", NotFound),
        ("fatal: '/srv/x' does not appear to be a git repository", NotFound),
        ("fatal: Authentication failed for 'https://host/x/'", Refused),
        ("fatal: the remote end hung up unexpectedly", Unavailable),
        ("error: file write error: No space left on device\nfatal: unable to write", Unavailable),
        ("error: object file .git/objects/ab/cd is corrupt", Unavailable),
    ],
)
def test_a_failed_look_at_a_source_is_a_failure_of_the_outside(words: str, kind: type[Exception]) -> None:
    """It is of one family whatever failed; a fault of this machine passes."""
    error = source_failure_of("list the tags of https://host/x", words)

    assert type(error) is kind
    assert "could not list the tags of https://host/x" in str(error)


def test_the_gist_leaves_out_hints_and_progress() -> None:
    """One line with what matters."""
    words = "remote: Counting objects: 3\nremote: error: GH006: Protected branch.\nhint: See the note\n\nTo https://x\n"

    assert gist(words) == "remote: error: GH006: Protected branch."
    assert gist("") == "git gave no reason"
