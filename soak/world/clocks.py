"""A clock that jumps: a small library gives one process a wall clock that a file shifts; waits keep the real one."""

import shutil
import struct
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock_shift.c")


class JumpingClock:
    """The wall clock of the processes that are started with `environment`.

    Attributes:
        why_not: why it cannot jump; empty: it can.
    """

    def __init__(self, folder: Path) -> None:
        self._library, self._file = folder / "clock_shift.so", folder / "clock_shift"
        self.jump(0)
        self.why_not = self._compiled()

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment."""
        if self.why_not:
            return {}
        return {"LD_PRELOAD": str(self._library), "CLOCK_SHIFT_FILE": str(self._file)}

    def jump(self, seconds: int) -> None:
        """From now on the clock is off by this."""
        # In place, because running processes have this file in their memory.
        with self._file.open("r+b" if self._file.exists() else "wb", buffering=0) as file:
            file.write(struct.pack("=q", seconds))

    def _compiled(self) -> str:
        compiler = shutil.which("cc")
        if compiler is None:
            return "there is no C compiler: apt-get install gcc libc6-dev"
        command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(self._library), str(_SOURCE), "-ldl"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        return "" if done.returncode == 0 else f"the library for it cannot be compiled: {done.stderr.strip()[-300:]}"
