"""The help of each command, in the order of the list of commands."""

from collections.abc import Mapping

from provider.commands.backups.help_texts import BACKUPS
from provider.commands.doctor.help_texts import DOCTOR
from provider.commands.questions.help_texts import QUESTIONS
from provider.commands.usage import BAD_USAGE, Usage, examples, exit_codes

DESCRIPTION = """\
Keeps container images up to date: finds the base images in Dockerfiles, watches
their digests, starts the rebuilds that are due, and shows images in Backstage.
"""

SETTINGS = """\
settings:
  IMAGE_FACTORY_* environment variables; docs/settings.md has all of them.
  'discover', 'validate' and 'openapi' read none."""

EPILOG = "\n\n".join(
    (
        examples(
            (
                ("image-factory discover Dockerfile", "Show what a Dockerfile depends on; needs no settings"),
                ("image-factory serve", "Run the service at http://127.0.0.1:8080"),
                ("image-factory check --help", "Show what 'check' changes, its arguments and its exit codes"),
            )
        ),
        SETTINGS,
        exit_codes(
            (
                (0, "success"),
                (1, "an error; the message says what is wrong, where, and what to do"),
                BAD_USAGE,
                (130, "interrupted by Ctrl-C"),
                (141, "the program that reads the output ended, such as 'head'"),
            )
        ),
    )
)

USAGES: Mapping[str, Usage] = {
    "discover": Usage(
        summary="show what Dockerfiles depend on",
        description="""\
Changes nothing. Reads the given Dockerfiles and prints every image that they
depend on, with its line, role, platforms and stage. Searches folders for files
Dockerfile, Dockerfile.*, *.Dockerfile, Containerfile and Containerfile.*, and
leaves out .git, .hg, .svn, .venv, node_modules and vendor. Needs no network,
settings or database.
""",
        examples=(
            ("image-factory discover Dockerfile", "One file"),
            ("image-factory discover . --strict", "All files in a folder; for a CI job"),
            (
                "image-factory discover */Dockerfile --format json",
                "Several files; one line with a JSON object for each",
            ),
            ("image-factory discover Dockerfile --build-arg NODE=22", "With the value of an ARG"),
            ("image-factory discover Dockerfile --target runtime --platform linux/arm64", "As the build has them"),
            ("image-factory discover -", "A Dockerfile from standard input"),
        ),
        exit_codes=(
            (0, "all files were read"),
            (1, "a file has an error, or with --strict a gap; the others are printed too"),
        ),
    ),
    "validate": Usage(
        summary="check the files of a config repository",
        description="""\
Changes nothing. Reads images.yaml, images.d/ and policy.yaml in a checkout of
the config repository and prints one line for each problem: file, line, image,
field. Reads state/ too, if it is there: then it also reports an entry of a
team's file that claims a name, an image or a repository of other files,
removals that would wait for an admin because they are too many at once, and
state that cannot be read. A line with 'warning:' is about a valid entry for
which the service cannot do all: a provider or build system that is not
supported, no build, a template in place of a Dockerfile. A line with 'note:'
is about an entry of a team's file without a rule of policy.yaml: under which
condition its workflow is started, its branch built and its runs shown. Needs
no network, settings or database. For a pre-commit hook or a CI job.
""",
        examples=(
            ("image-factory validate", "The current folder"),
            ("image-factory validate ../image-config", "Another folder"),
        ),
        exit_codes=(
            (0, "no problem was found; there may be warnings and notes"),
            (1, "there are problems, or DIR is not a folder"),
        ),
    ),
    "serve": Usage(
        summary="run the web service, with the worker inside",
        description="""\
Runs until it is stopped. Serves the API and the web pages. Its worker checks
images, starts the rebuilds that are due, polls tracked repositories and sends
messages. Commits state to the config repository, and creates the database and
the config repository if they do not exist. Listens on other addresses than
localhost only if API tokens or a Backstage are configured.
""",
        examples=(
            ("image-factory serve", "At http://127.0.0.1:8080, for this machine"),
            ("image-factory serve --host 0.0.0.0 --port 80", "For other machines; needs API tokens or a Backstage"),
            ("image-factory serve --no-worker", "Only the web service; also run 'image-factory worker'"),
        ),
        exit_codes=(
            (0, "the process was stopped"),
            (1, "it cannot start: a setting, the port, the database or the config repository cannot be used"),
            (3, "a part of the worker stood still, or its files were removed; the log says which: start it again"),
        ),
    ),
    "worker": Usage(
        summary="run the worker without the web service",
        description="""\
Runs until it is stopped. Checks images, starts the rebuilds that are due, polls
tracked repositories and sends messages. Commits state to the config repository.
Uses the same settings and database as 'image-factory serve --no-worker'.
""",
        examples=(("image-factory worker", "Together with 'image-factory serve --no-worker'"),),
        exit_codes=(
            (0, "the process was stopped"),
            (1, "it cannot start: a setting, the database or the config repository cannot be used"),
            (3, "a part stood still, or its files were removed; the log says which: start it again"),
        ),
    ),
    "check": Usage(
        summary="check images now, and start the rebuilds that are due",
        description="""\
Starts the rebuilds that are due and commits state to the config repository.
Before that it reads the Dockerfiles and asks the registries for digests, even
if they were checked a moment ago. Prints the status of each image and why.

With NAME, only these images and their base images are checked; the rebuilds of
all images are started if they are due. Beside a running service, that service
does the check: the command waits for the result, for ten minutes at most.

With --dry-run nothing is written and nothing is started, beside a running
service too: a temporary copy of the config repository is checked, and the
rebuilds that would start are printed. Requests of people that the worker has
not carried out yet are not in that copy.
""",
        examples=(
            ("image-factory check", "All images"),
            ("image-factory check portal backstage", "Two images and their base images"),
            ("image-factory check --dry-run", "What a check would find and decide; changes nothing"),
        ),
        exit_codes=(
            (0, "everything was checked"),
            (
                1,
                "an image is not known, the configuration or a setting has a problem, or the service did not finish",
            ),
        ),
    ),
    "enroll": Usage(
        summary="enroll the images of a file",
        description="""\
Commits each entry of FILE to the config repository, in a commit of its own.
Before that it checks the entry, its repository, the registries and the build
system; an entry with an error is refused, and the others are enrolled. Prints
the diff and the findings. Works beside a running service.

FILE has one entry or a list, in the form of images.yaml. The key 'file' names
another file of the config repository, such as images.d/team-a.yaml.
""",
        examples=(
            ("image-factory enroll -f portal.yaml --dry-run", "Show what would be committed; changes nothing"),
            ("image-factory enroll -f portal.yaml", "Enroll the images of a file"),
            ("image-factory enroll -f - --dry-run", "Entries from standard input"),
        ),
        exit_codes=(
            (0, "all entries were enrolled or wait in a pull request, or would"),
            (1, "an entry was refused, or FILE, a setting or the config repository cannot be used"),
        ),
    ),
    "rebuild": Usage(
        summary="rebuild an image now, or everything that is built from a base image",
        description="""\
Starts a rebuild on the newest digests that have aged, although the image is on
hold, autoRebuild is off, or the last rebuild failed. With --emergency it uses
the current digests and waits only for parents; NAME may then be a base image.
While the service runs, it does this within seconds; else this command does.
docs/rebuilding.md has the rules.
""",
        examples=(
            ("image-factory rebuild portal --reason 'the workflow exists now'", "After a failure"),
            (
                "image-factory rebuild node-22 --emergency --cve CVE-2026-12345 --reason ssl",
                "Everything that is built from node:22",
            ),
        ),
        exit_codes=(
            (0, "the rebuild was requested"),
            (1, "it cannot be rebuilt, or a setting, the database or the config repository cannot be used"),
        ),
    ),
    "impact": Usage(
        summary="show what a change of an image would rebuild",
        description="""\
Changes nothing. Prints every image that would be rebuilt if the digest of NAME
changed now, with the earliest time, or the reason why it would not be rebuilt.
With --emergency it prints what 'rebuild NAME --emergency' covers.
""",
        examples=(
            ("image-factory impact node-22", "Before a change of a base image"),
            ("image-factory impact node-22 --emergency", "Before an emergency"),
        ),
        exit_codes=(
            (0, "the images were printed"),
            (1, "the image does not exist, or a setting or the database cannot be used"),
        ),
    ),
    "hold": Usage(
        summary="start no automatic rebuild of an image",
        description="""\
No automatic rebuild of the image starts until the hold ends or is released.
While the service runs, it does this within seconds; else this command does.
""",
        examples=(("image-factory hold portal --until 2026-12-05 --reason 'release freeze'", "Until a date"),),
        exit_codes=(
            (0, "the hold was requested"),
            (1, "NAME is not built here, or a setting, the database or the config repository cannot be used"),
        ),
    ),
    "release": Usage(
        summary="end the hold on an image",
        description="""\
Automatic rebuilds of the image start again. While the service runs, it does
this within seconds; else this command does.
""",
        examples=(("image-factory release portal", "Before the hold ends by itself"),),
        exit_codes=(
            (0, "the release was requested"),
            (1, "the image is not on hold, or a setting, the database or the config repository cannot be used"),
        ),
    ),
    "skip": Usage(
        summary="never build an image on a digest",
        description="""\
The digest of a base image is never used for this image, not in an emergency
either. While the service runs, it does this within seconds; else this command
does.
""",
        examples=(("image-factory skip portal 4a84c0ffee12 --reason 'broken OpenSSL'", "A broken release"),),
        exit_codes=(
            (0, "the change was requested"),
            (1, "NAME is not built here, or a setting, the database or the config repository cannot be used"),
        ),
    ),
    "unskip": Usage(
        summary="use a skipped digest again",
        description="""\
The digest may be used again for this image. While the service runs, it does
this within seconds; else this command does.
""",
        examples=(("image-factory unskip portal 4a84c0ffee12", "After all"),),
        exit_codes=(
            (0, "the change was requested"),
            (1, "the digest is not skipped, or a setting, the database or the config repository cannot be used"),
        ),
    ),
    "simulate": Usage(
        summary="show what other delays and limits would have built",
        description="""\
Changes nothing, starts nothing and asks no registry. Replays the recorded
histories in the config repository under other policies, beside what was
recorded and the present policy; the service may be running. docs/what-if.md
explains each figure.
""",
        examples=(
            ("image-factory simulate --rebuild-delay 1d,3d,7d", "Three delays, over the last 90 days"),
            (
                "image-factory simulate --since 30d --window 2h --max-concurrent-builds 5",
                "Another window and limit, with the delays of the entries",
            ),
            ("image-factory simulate --rebuild-delay 3d --owner group:default/payments", "For the images of a team"),
            ("image-factory simulate --rebuild-delay 1d,3d --format csv", "For a spreadsheet"),
        ),
        exit_codes=(
            (0, "the figures were printed"),
            (1, "no image is counted, or a setting or the config repository cannot be used"),
        ),
    ),
    "status": Usage(
        summary="show every image, its status and why",
        description="""\
Changes nothing, starts nothing and asks no registry. Prints the images in the
database; the service may be running. Without a database it says what to do.
""",
        examples=(
            ("image-factory status", "All images, one in each line"),
            ("image-factory status portal", "One image"),
            ("image-factory status --format json", "All properties, in the format of the API"),
        ),
        exit_codes=(
            (0, "the images were printed"),
            (1, "the image does not exist, or a setting or the database cannot be used"),
        ),
    ),
    **QUESTIONS,
    **DOCTOR,
    **BACKUPS,
    "catalog": Usage(
        summary="write the Backstage entities as YAML",
        description="""\
Writes the entities of all images, to standard output or to a file that it
replaces. Starts nothing and asks no registry; the service may be running.
Changes nothing else; without a database it writes nothing.
""",
        examples=(
            ("image-factory catalog", "To standard output"),
            ("image-factory catalog --output catalog-info.yaml", "To a file"),
        ),
        exit_codes=(
            (0, "the entities were written"),
            (1, "there is no database, the file cannot be written, or a setting or the database cannot be used"),
        ),
    ),
    "openapi": Usage(
        summary="write the OpenAPI document of the API",
        description="""\
Writes the document that a running service has at /api/openapi.json, to standard
output or to a file that it replaces. It is the same for each run of a version,
so a generated client can be checked to be current. Changes nothing else. Needs
no network, settings or database.
""",
        examples=(
            ("image-factory openapi", "To standard output"),
            ("image-factory openapi --output openapi.json", "To a file"),
        ),
        exit_codes=((0, "the document was written"), (1, "the file cannot be written")),
    ),
}
