"""What Linux says of running processes (proc(5)). Descriptors, threads and children come and go while they are read."""

from pathlib import Path


def open_files(pid: int, folder: Path) -> list[str]:
    """The targets below a folder of the descriptors that a process has open; a deleted file ends with " (deleted)"."""
    targets = filter(None, map(_target, Path(f"/proc/{pid}/fd").iterdir()))
    return [target for target in targets if Path(target).is_relative_to(folder)]


def deleted_open_files(pid: int, folder: Path) -> list[str]:
    """The deleted files below a folder that a process still has open."""
    return [target for target in open_files(pid, folder) if target.endswith(" (deleted)")]


def children(pid: int) -> list[int]:
    """The ids of the processes that the main thread of a process has started."""
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def threads(pid: int) -> int:
    """How many threads a process has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except FileNotFoundError:
        return ""
