"""Flags before the operands, and the mounts among them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.dockerfile.errors import InvalidSyntaxError
from provider.domain.dockerfile.flags import FlagType, check_mount, mount_source, read_flags, split_flags

KNOWN = {"from": FlagType.VALUE, "link": FlagType.SWITCH, "mount": FlagType.VALUES}


@pytest.mark.parametrize(
    ("text", "flags", "rest"),
    [
        ("a b", (), "a b"),
        ("", (), ""),
        ("--from=x a b", ("--from=x",), "a b"),
        ("  --from=x\t--link  a", ("--from=x", "--link"), "a"),
        ("a --from=x b", (), "a --from=x b"),
        ("--from=x a --link b", ("--from=x",), "a --link b"),
        ("-- --from=x a", (), "--from=x a"),
        ("--link -- --from=x a", ("--link",), "--from=x a"),
        ("--link --", ("--link",), ""),
        ('--from="x y" a', ("--from=x y",), "a"),
        ("--from='x y' a", ("--from=x y",), "a"),
        ('--"from"=x a', ("--from=x",), "a"),
        ("--from=x\\ y a", ("--from=x y",), "a"),
        ('--from="x\\"y" a', ('--from=x"y',), "a"),
        ("--from=x\\", ("--from=x",), ""),
        ("--from='open a", ("--from=open a",), ""),
        ('"--from=x" a', (), '"--from=x" a'),
        ("-from=x a", (), "-from=x a"),
        ("--from x a", ("--from",), "x a"),
    ],
)
def test_flags_stand_before_the_operands(text: str, flags: tuple[str, ...], rest: str) -> None:
    """They end at the first other word or behind `--`; quotes and escapes hold their values together."""
    assert split_flags(text, "\\") == (flags, rest)


def test_flags_obey_the_escape_of_the_file() -> None:
    """With a backtick, a backslash is a character like others."""
    assert split_flags("--from=x` y\\ a", "`") == (("--from=x y\\",), "a")


@pytest.mark.parametrize(
    ("flags", "values"),
    [
        ([], {}),
        (["--from=x"], {"from": ("x",)}),
        (["--from="], {"from": ("",)}),
        (["--from=a=b"], {"from": ("a=b",)}),
        (["--link"], {"link": ("",)}),
        (["--link=TRUE"], {"link": ("TRUE",)}),
        (["--mount=a", "--link=false", "--mount=b"], {"mount": ("a", "b"), "link": ("false",)}),
    ],
)
def test_flags_have_their_values_in_order(flags: list[str], values: dict[str, tuple[str, ...]]) -> None:
    """One that may repeat has them all."""
    assert read_flags(flags, KNOWN) == values


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (["--form=x"], "unknown flag '--form'; this instruction takes --from, --link, --mount"),
        (["--FROM=x"], "unknown flag '--FROM'"),
        (["--=x"], "unknown flag '--';"),
        (["--from"], "flag --from has no value"),
        (["--mount"], "flag --mount has no value"),
        (["--link="], "takes true or false"),
        (["--link=yes"], "takes true or false"),
        (["--from=a", "--from=b"], "flag --from is given twice"),
        (["--link", "--link"], "flag --link is given twice"),
    ],
)
def test_wrong_flags_are_refused(flags: list[str], problem: str) -> None:
    """The message names the flag and what would be right."""
    with pytest.raises(InvalidSyntaxError, match=problem):
        read_flags(flags, KNOWN)


@pytest.mark.parametrize(
    ("mount", "source"),
    [
        ("type=bind,from=golang:1,target=/x", "golang:1"),
        ("from=golang:1", "golang:1"),
        ("FROM=golang:1,Target=/x", "golang:1"),
        ("target=/x,TYPE=Cache,from=base,sharing=locked", "base"),
        ('type=bind,"from=a,b",target=/x', "a,b"),
        ('"from=a""b"', 'a"b'),
        ("from=a,from=b", "b"),
        ("from=0", "0"),
        ("from=a=b", "a=b"),
        ("from=x$", "x$"),
        ("type=$KIND,from=x", "x"),
        ("type=tmpfs,target=/x,size=1g", None),
        ("type=secret,id=x,required,env=Y", None),
        ("type=cache,target=/x,ro,uid=1,gid=1,mode=0755", None),
        ("from=,target=/x", None),
        ("type=bind,source=$X,target=${Y}", None),
        ("type=cache,target=/c,Z", None),
        ("type=bind,from=a,target=/c,z", "a"),
        ("type=bind,U,from=a,relabel=shared", "a"),
        ("type=image,from=a:1,rw=true", "a:1"),
        ("from=a,from=", None),
        ("type=bind, from=x", None),
        ('from=a,target="/c', "a"),
        ("from", None),
        ("", None),
    ],
)
def test_a_mount_names_its_source(mount: str, source: str | None) -> None:
    """Keys in any case, quoted fields, the last of several; other options do not matter; no source is None."""
    assert mount_source(mount) == source


@pytest.mark.parametrize(
    ("mount", "problem"),
    [
        ("", "not a line of CSV"),
        ('from=a"b', "not a line of CSV"),
        ('"from=a"b', "not a line of CSV"),
        ('"from=a', "not a line of CSV"),
        ("type=cache,target=/c,Z", "unknown key 'z'"),
        ("type=bind,relabel=shared", "unknown key 'relabel'"),
        ("form=x", "unknown key 'form'"),
        ("type=bind, from=x", "unknown key ' from'"),
        ("type=bind,", "unknown key ''"),
        ("from", "has no value"),
        ("type=volume", "unknown mount type 'volume'"),
        ("type=secret,from=x", "takes no 'from'"),
    ],
)
def test_wrong_mounts_are_refused(mount: str, problem: str) -> None:
    """What is no CSV, or has a key or type that does not exist."""
    with pytest.raises(InvalidSyntaxError, match=problem):
        check_mount(mount)


@given(st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)), st.text())
def test_plain_flags_come_back(values: list[str], rest: str) -> None:
    """Flags with plain values are split from any text behind `--`."""
    flags = tuple(f"--from={value}" for value in values)

    found, operands = split_flags(" ".join([*flags, "--", rest]), "\\")

    assert found == flags
    assert rest.endswith(operands)


@given(st.one_of(st.text(), st.text(st.sampled_from("-=\"'\\ ,fromtypebind$"), max_size=60)))
def test_any_text_is_split_and_any_mount_read_or_refused(text: str) -> None:
    """Nothing but the named error comes out."""
    flags, rest = split_flags(text, "\\")
    assert text.endswith(rest)
    with suppress(InvalidSyntaxError):
        read_flags(flags, KNOWN)
    mount_source(text)
    with suppress(InvalidSyntaxError):
        check_mount(text)
