"""Patterns of identities: `*` stands for any text, also with '/'; all else stands for itself. Pure."""


def subject_matches(pattern: str, subject: str) -> bool:
    """Whether the whole subject matches the pattern; upper and lower case differ. Linear in the text."""
    first, *others = pattern.split("*")
    if not others:
        return subject == pattern
    *middle, last = others
    if not subject.startswith(first) or not subject.endswith(last) or len(subject) < len(first) + len(last):
        return False
    at, end = len(first), len(subject) - len(last)
    for part in middle:
        found = subject.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
