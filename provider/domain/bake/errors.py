"""The errors of a bake file: they name the line, and never quote the file, which their readers may not see."""


class BakeError(ValueError):
    """The bake file cannot be read, or does not say what is built. Reads `line 3: <what is wrong>`."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
