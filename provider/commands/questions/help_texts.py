"""The help of the commands that answer questions about all images."""

from collections.abc import Mapping

from provider.commands.usage import Usage

_NOTHING = "Changes nothing and asks no registry; the service may be running."
_CODES = (
    (0, "the answer was printed; it may be an empty list"),
    (1, "there is no database here, or a setting or the database cannot be used"),
)

QUESTIONS: Mapping[str, Usage] = {
    "images": Usage(
        summary="show which images are built from a digest, behind, or of an owner",
        description=f"""\
{_NOTHING}
Prints the images in the database, those that need attention first: status and
reason, the digests that they are built from and how these are known, since when
an image is behind, and when it is rebuilt at the earliest. With --built-from
DIGEST --transitive, these are all images that contain that digest.
""",
        examples=(
            ("image-factory images --depends-on node-22", "What is built from node:22 directly"),
            ("image-factory images --reference node:22 --transitive", "... and through other images"),
            ("image-factory images --behind --owner group:default/payments", "What a team has to wait for or to do"),
            (
                "image-factory images --status unknown --status unverified --format csv",
                "What is not proven, as a table",
            ),
        ),
        exit_codes=_CODES,
    ),
    "rebuilds": Usage(
        summary="show what was rebuilt, on which digests, why and for whom",
        description=f"""\
{_NOTHING}
Prints the rebuilds of all images, the newest first: result, who asked for it,
why, the digests that changed, and whether the new digests were found in the
built image ('verified') or only passed to the build ('passed'). With --summary
it prints numbers instead: how long it took from the change of a base image to
the end of the rebuild (median, 90 percent, the ten slowest), and what is behind
now.
""",
        examples=(
            ("image-factory rebuilds --since 7d", "The last seven days"),
            ("image-factory rebuilds --since 30d --summary", "How fast changes reached the images"),
            ("image-factory rebuilds --since 2026-11-01 --until 2026-12-01 --format csv", "A month, for an audit"),
        ),
        exit_codes=_CODES,
    ),
    "changes": Usage(
        summary="show which images got new digests",
        description=f"""\
{_NOTHING}
Prints the digests that the tags of all images pointed to, the newest first,
each with the digest before it and how the change was noticed.
""",
        examples=(
            ("image-factory changes --since 24h", "What changed since yesterday"),
            ("image-factory changes --since 7d --moves", "Which base images got a new digest this week"),
        ),
        exit_codes=_CODES,
    ),
    "audit": Usage(
        summary="show what people and service tokens did",
        description=f"""\
{_NOTHING}
Prints each attempt of a known caller to change something, the newest first:
who, when, what, why, and how it ended.
""",
        examples=(
            ("image-factory audit --since 7d", "The last seven days"),
            ("image-factory audit --since 2026-01-01 --until 2026-04-01 --format csv", "A quarter, for an auditor"),
        ),
        exit_codes=_CODES,
    ),
    "timeline": Usage(
        summary="show what happened to an image",
        description=f"""\
{_NOTHING}
Prints what happened to one image, the newest first: new digests of the image
and of the images that it is built from, its rebuilds and their causes, what
people asked for, and the changes of its entry in the config repository, with
who and why. The changes of the entry are read from the checkout in the folder
of the service.
""",
        examples=(
            ("image-factory timeline payments-api", "Everything"),
            ("image-factory timeline payments-api --since 30d --format csv", "A month, as a table"),
        ),
        exit_codes=(_CODES[0], (1, "there is no such image or no database here, or one of both cannot be used")),
    ),
    "problems": Usage(
        summary="show what is wrong now, and what to do",
        description=f"""\
{_NOTHING}
Prints invalid enrollments with file and line, images with errors or failed
builds, and what the service cannot use: credentials, registries, webhooks,
Slack, Backstage, tracked repositories. Each with what to do next.
""",
        examples=(
            ("image-factory problems", "Everything"),
            ("image-factory problems --owner group:default/payments", "Those of a team's images"),
        ),
        exit_codes=_CODES,
    ),
}
