"""A body without a length that is longer than the limit is refused: no part of it is taken for the whole."""

from typing import IO, cast

from flask import Request
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream


class WholeBodyRequest(Request):
    """A request whose body, sent in chunks, has at most `max_content_length` bytes, however it is read.

    Werkzeug reads a body in chunks up to the limit and does not say that there was more (`LimitedStream.readall`). For
    a body with a length, it compares the length before it reads.
    """

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body; to read more than the limit is RequestEntityTooLarge."""
        limited = super().stream
        if isinstance(limited, LimitedStream) and self.content_length is None:
            return cast("IO[bytes]", _WholeBody(self.environ["wsgi.input"], limited.limit))
        return limited


class _WholeBody(LimitedStream):
    """Reads to the limit; there it looks whether there is more."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        super().__init__(stream, limit, is_max=True)
        self._input = stream

    def on_exhausted(self) -> None:
        """Called when as much as the limit was read, and more is asked for.

        Raises:
            RequestEntityTooLarge: there is more.
            ClientDisconnected: the connection was closed.
        """
        try:
            more = self._input.read(1)
        except (OSError, ValueError) as error:
            self.on_disconnect(error)
            return
        if more:
            super().on_exhausted()

    def readall(self) -> bytes:
        """The whole body."""
        body = super().readall()
        if body and self.is_exhausted:
            self.on_exhausted()
        return body
