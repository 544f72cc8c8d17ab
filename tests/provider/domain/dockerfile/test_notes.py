"""What a file is warned about, in both forms: with the text of the file, and without it."""

import pytest

from provider.domain.dockerfile import discover

MOUNT_KEYS = (
    "destination, dst, env, from, gid, id, mode, readonly, readwrite, required, ro, rw, sharing, size, source, src, "
    "target, type, uid"
)
NO_VARIABLE = "takes no variable; name a stage whose FROM has the variable"
NO_CSV = "is not a line of CSV; write for example type=bind,from=image,target=/x"
ANY_PLATFORM = "the platform is not known, so the image is watched for all platforms"


@pytest.mark.parametrize(
    ("line", "kind", "quoted"),
    [
        ("COPY --link=yes b c", "flag --link takes true or false only", "flag --link is 'yes'; it takes true or false"),
        (
            "RUN --mount=form=b x",
            f"unknown key in a mount; known are {MOUNT_KEYS}",
            f"unknown key 'form' in a mount; known are {MOUNT_KEYS}",
        ),
        ("RUN --mount='' x", f"a mount {NO_CSV}", f"mount '' {NO_CSV}"),
        (
            "RUN --mount=FROM x",
            "from in a mount has no value; write from=...",
            "'FROM' in a mount has no value; write from=...",
        ),
        (
            "RUN --mount=type=volume x",
            "unknown mount type; known are bind, cache, secret, ssh, tmpfs",
            "unknown mount type 'volume'; known are bind, cache, secret, ssh, tmpfs",
        ),
        ("RUN --mount=type=secret,from=b:1 x", "a mount of type secret takes no 'from'", None),
        (
            "RUN --mount=from=$X,target=/y x",
            f"'from' of a mount {NO_VARIABLE}",
            f"'from' of a mount is '$X'; it {NO_VARIABLE}",
        ),
        ("COPY --from=$X b c", f"--from {NO_VARIABLE}", f"--from is '$X'; it {NO_VARIABLE}"),
        ("COPY --from='${X' b c", f"--from {NO_VARIABLE}", f"--from is '${{X'; it {NO_VARIABLE}"),
        ("ENV a=b c", "a word has no '='; ENV takes name=value", "'c' has no '='; ENV takes name=value"),
        ("HEALTHCHECK x", "HEALTHCHECK takes CMD or NONE", "HEALTHCHECK takes CMD or NONE, not 'x'"),
        ("ARG A=${B^}", "what follows the name in ${...} is no modifier", "'^' is no modifier in ${B^...}"),
        ("ARG A=${B:#c}", "what follows the name in ${...} is no modifier", "':#' is no modifier in ${B:#...}"),
        ("FRM b", "unknown instruction", "unknown instruction 'FRM'"),
        (
            "RUN --privileged x",
            "unknown flag; this instruction takes --mount, --network, --security, --device",
            "unknown flag '--privileged'; this instruction takes --mount, --network, --security, --device",
        ),
        (
            "USER --login x",
            "unknown flag; this instruction takes none",
            "unknown flag '--login'; this instruction takes none",
        ),
    ],
)
def test_a_line_that_is_not_understood_is_a_warning(line: str, kind: str, quoted: str | None) -> None:
    """It says what is wrong with the line, and that the others count."""
    found = discover(f"FROM a\n\n{line}\nCOPY --from=last:1 x y")
    told = "the images of other lines are watched"

    assert [(each.line, each.message, each.quoted) for each in found.warnings] == [
        (3, f"not understood: {kind}; {told}", quoted and f"not understood: {quoted}; {told}")
    ]
    assert [reference.reference for reference in found.references][-1] == "last:1"


@pytest.mark.parametrize(
    ("line", "kind", "quoted"),
    [
        ("ARG A='b", "a single quote is not closed", None),
        ("# escape=`\nARG A='b", "a single quote is not closed", None),
    ],
)
def test_a_wrong_default_that_no_from_reaches_is_a_warning(line: str, kind: str, quoted: str | None) -> None:
    """The images are known without it."""
    (warning,) = discover(f"{line}\nFROM a").warnings

    assert (warning.line, warning.quoted) == (line.count("\n") + 1, quoted)
    assert warning.message == f"not understood: {kind}; the images of other lines are watched"


@pytest.mark.parametrize(
    "text",
    [
        "# escape=`\nARG A=`'\nFROM a",
        "ARG A=\\'\nFROM a",
        "ARG A=${B?c}\nFROM a",
        "FROM a\nRUN --mount=type=$T,from=b:1,target=/c d",
        "FROM a\nRUN --mount=from=b:1,target=/c d",
        "FROM a\nRUN --mount=TYPE=Cache,FROM=b:1,source=c=d,target=/c d",
        "FROM a\nRUN --mount=type=secret,id=b c",
        "FROM a AS b\nONBUILD FRM c\nFROM d",
    ],
)
def test_what_buildkit_takes_is_no_warning(text: str) -> None:
    """Escapes of the file, types with variables, and triggers that no stage runs."""
    assert discover(text).warnings == ()


@pytest.mark.parametrize(
    ("flag", "kind", "quoted"),
    [
        (
            "a/b/c/d",
            "the value is not a platform; write for example linux/amd64",
            "'a/b/c/d' is not a platform; write ",
        ),
        (
            "nonsense",
            "the platform is neither an operating system nor an architecture",
            "'nonsense' is neither an operating system nor an architecture",
        ),
        ("$P", "P has no value", None),
        ("$EMPTY", "the value is not a platform; write for example linux/amd64", "'' is not a platform; write "),
    ],
)
def test_a_platform_that_is_not_known_hides_no_image(flag: str, kind: str, quoted: str | None) -> None:
    """The image is for any platform, and the warning says why."""
    found = discover(f"ARG EMPTY=\nFROM --platform={flag} a", platforms=["linux/arm64"])
    (warning,) = found.warnings

    assert [(each.reference, each.platforms) for each in found.references] == [("a", ())]
    assert (warning.line, warning.message) == (2, f"{ANY_PLATFORM}: {kind}")
    assert str(warning).startswith(f"{ANY_PLATFORM}: {quoted or kind}")


def test_each_trigger_that_a_stage_runs_is_warned_about() -> None:
    """In the order of the lines."""
    found = discover("FROM a AS b\nONBUILD FRM c\nONBUILD COPY d\nFROM b")

    assert [(each.line, str(each).split(";")[0]) for each in found.warnings] == [
        (2, "not understood: unknown instruction 'FRM'"),
        (3, "not understood: COPY takes a source and a destination"),
    ]


def test_of_very_many_warnings_the_last_one_counts_the_rest() -> None:
    """A hundred are kept, the last of them for all others."""
    exact, more = (discover("FROM a\n" + "FRM b\n" * count).warnings for count in (100, 150))

    assert [each.line for each in exact] == list(range(2, 102))
    assert all("unknown instruction" in each.message for each in (*exact, *more[:-1]))
    assert [each.line for each in more] == list(range(2, 102))
    assert more[-1].message == "51 more lines from here on are not understood"


def test_a_platform_that_is_not_known_is_a_warning_also_where_the_stage_is_built_on_another() -> None:
    """The image is that of the stage before."""
    found = discover("FROM a:1 AS x\nFROM --platform=a/b/c/d x")

    assert [(each.line, each.message.partition(": ")[0]) for each in found.warnings] == [(2, ANY_PLATFORM)]
    assert [reference.reference for reference in found.references] == ["a:1"]
