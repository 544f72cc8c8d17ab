"""Platforms of images as text: `os[(os.version)]/architecture[/variant]`, as containerd writes them."""


def without_os_version(platform: str) -> str:
    """`windows/amd64` for `windows(10.0.20348.2113)/amd64`."""
    system, separator, rest = platform.partition("/")
    return f"{system.partition('(')[0]}{separator}{rest}"
