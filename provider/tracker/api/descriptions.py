"""What the fields are for that requests and responses of tracked repositories share, for the OpenAPI document."""

SOURCE = "which list of a repository at GitHub is read; null: releases, and tags as long as there are no releases"
INCLUDE = "regular expression (RE2) that a version must match; empty: all match"
EXCLUDE = "regular expression (RE2) that no version may match; empty: none matches"
PRERELEASES = "`tell`: announce them; `show`: list them, and announce none; `ignore`: do not list them"
ANNOUNCE = (
    "which of the listed releases are announced in the channel; stable: no pre-releases and none of a channel such as "
    "nightly; major-minor: stable ones whose major or minor version is higher than all before; nothing: none, and no "
    "failures to poll the repository either"
)
DEPLOYED = "the version that your organization runs; empty: not known"
