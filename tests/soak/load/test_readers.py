"""People who read pages."""

import subprocess
import sys
from pathlib import Path

from soak.load.readers import readings
from soak.world.service import ROOT
from tests.peers.exchange import Answer, Request
from tests.peers.loopback import LoopbackServer
from tests.peers.process import wait_until


def test_readers_note_what_they_get_and_how_long_it_took(tmp_path: Path) -> None:
    """They show their token, read pages of existing images, and end with their input."""
    seen: list[Request] = []

    def respond(request: Request) -> Answer:
        seen.append(request)
        return Answer(404 if request.path.startswith("/images/") else 200, b"page", (("ETag", '"1"'),))

    file = tmp_path / "readings.jsonl"
    with LoopbackServer(respond) as server:
        command = [sys.executable, "-m", "soak.load.readers", server.url, "token-of-readers", "20", "1", "3", str(file)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT) as reading:
            wait_until(lambda: len(seen) >= 30, "thirty pages", 30)
            reading.communicate(timeout=30)

    found = readings(file)
    assert len(found) >= 10
    assert {each.status for each in found} <= {200, 404}
    assert all((each.status == 404) == (each.page == "/images/NAME") for each in found)
    assert {each.path for each in found if each.page == "/images/NAME"} <= {f"/images/app-0000{n}" for n in range(3)}
    assert all(request.headers["X-Image-Factory-Token"] == "token-of-readers" for request in seen)


def test_an_unfinished_line_is_left_out(tmp_path: Path) -> None:
    """The readers may be writing."""
    file = tmp_path / "readings.jsonl"
    file.write_text('["/images", 10.0, 0.5, 200, "/images"]\n["/imag')

    assert [each.seconds for each in readings(file)] == [0.5]
