"""What was pushed becomes what is tracked."""

from provider.services.sync import follow_enrollments
from tests.fakes.books import FakeBooks
from tests.provider.services.world import START, enrolled


def test_pushed_enrollments_become_images() -> None:
    """One commit; a second look changes nothing."""
    books = FakeBooks()
    books.enroll(enrolled("portal"), enrolled("billing"))

    assert set(follow_enrollments(START, books).images) == {"portal", "billing"}
    follow_enrollments(START, books)
    assert [subject for subject, _ in books.commits] == ["Follow the enrollments"]


def test_what_was_withdrawn_is_archived() -> None:
    """It is tracked no more, and not lost."""
    books = FakeBooks()
    books.enroll(enrolled("portal"))
    follow_enrollments(START, books)
    books.withdraw("portal")
    after = follow_enrollments(START, books)

    assert (set(after.images), set(after.archived_images)) == (set(), {"portal"})
