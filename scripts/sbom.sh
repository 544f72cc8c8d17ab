#!/usr/bin/env bash
# Write the software bill of materials of the image to artifacts/sbom: sbom.sh SYFT [SOURCE]. SOURCE is what syft reads, such as
# docker-archive:image.tar (made by docker save); without it, the image that `make test-image` built.
set -euo pipefail
cd "$(dirname "$0")/.."
syft=$1 source=${2:-}
cache=$PWD/.cache/image
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -z "$source" ]; then
    if [ ! -f "$cache/storage.conf" ]; then
        echo "the image is not built: run make test-image, or make sbom SOURCE=docker-archive:FILE with a file of docker save" >&2
        exit 1
    fi
    CONTAINERS_STORAGE_CONF=$cache/storage.conf CONTAINERS_CONF=$cache/containers.conf \
        buildah push --quiet localhost/image-factory "oci:$folder/image:image-factory" >/dev/null
    source=oci-dir:$folder/image
fi
mkdir -p artifacts/sbom
version=$(git describe --always --dirty 2>/dev/null || echo unknown)
# Nothing is sent: syft would ask for a newer version of itself.
SYFT_CHECK_FOR_APP_UPDATE=false "$syft" scan "$source" --quiet --source-name image-factory --source-version "$version" \
    --output cyclonedx-json=artifacts/sbom/image-factory.cdx.json
echo "artifacts/sbom/image-factory.cdx.json: $(grep -c '"bom-ref"' artifacts/sbom/image-factory.cdx.json) components"
