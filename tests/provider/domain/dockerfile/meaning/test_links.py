"""The stages that a build needs because of ONBUILD."""

import pytest

from provider.domain.dockerfile import DockerfileError, discover


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("FROM t AS tool\nFROM a AS base\nONBUILD COPY --from=tool x y\nFROM base", {"t": "stage", "a": "final"}),
        ("FROM t AS tool\nFROM a AS base\nONBUILD COPY --from=0 x y\nFROM base", {"t": "stage", "a": "final"}),
        (
            "FROM t AS b\nFROM o AS c\nFROM a AS d\nONBUILD COPY --from=b x y\nFROM d\nCOPY --from=c x y",
            {"t": "stage", "o": "stage", "a": "final"},
        ),
        ("FROM t AS tool\nFROM a AS base\nONBUILD COPY --from=tool x y", {"t": "unused", "a": "final"}),
        (
            "FROM t AS tool\nFROM a AS base\nONBUILD COPY --from=tool x y\nFROM base AS unused\nFROM b",
            {"t": "unused", "a": "unused", "b": "final"},
        ),
    ],
    ids=range(5),
)
def test_a_trigger_needs_a_stage_where_the_target_runs_it(text: str, roles: dict[str, str]) -> None:
    """In the stage that is built from its own, and only if the target needs that stage."""
    assert {found.reference: found.role for found in discover(text).references} == roles


def test_a_trigger_may_copy_from_the_stage_that_runs_it() -> None:
    """As it was before the trigger; a later stage is refused."""
    base = "FROM a AS base\nONBUILD COPY --from=named x y\n"

    assert [found.reference for found in discover(f"{base}FROM base AS named").references] == ["a"]
    with pytest.raises(DockerfileError, match="line 2: stage 'named' does not come before"):
        discover(f"{base}FROM base AS used\nFROM b AS named\nCOPY --from=used x y")
