#!/usr/bin/env bash
# Build the image from the Dockerfile, without a container daemon and without a registry: image.sh PYTHON. A Debian that is
# made on this machine replaces the base image of the Dockerfile; the packages come from a folder. Everything is stored in
# .cache/image; podman finds it through the two configuration files there.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
cache=$PWD/.cache/image
# A short path, because sockets are created in it.
run=/run/image-factory-$(cksum <<<"$cache" | cut -d' ' -f1)
export CONTAINERS_STORAGE_CONF=$cache/storage.conf CONTAINERS_CONF=$cache/containers.conf
stand_in=localhost/image-factory-base
image=localhost/image-factory

# Without these tools the image is not built, and its tests are skipped. In CI this is a failure.
cannot() {
    echo "the image is not built: $1" >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
}

install_tools() {
    local missing=() tool
    for tool in buildah podman conmon runc netavark debootstrap; do
        command -v "$tool" >/dev/null || [ -x "/usr/sbin/$tool" ] || [ -x "/usr/lib/podman/$tool" ] || missing+=("$tool")
    done
    [ ${#missing[@]} = 0 ] && return
    echo "installing ${missing[*]}"
    bash scripts/apt.sh "${missing[@]}"
}

# A separate storage: the storage of this machine is neither read nor changed.
configure() {
    local driver=$1
    mkdir -p "$cache"
    cat >"$cache/storage.conf" <<END
[storage]
driver = "$driver"
graphroot = "$cache/storage"
runroot = "$run"
END
    cat >"$cache/containers.conf" <<END
[containers]
# podman would raise the limits above what some machines permit.
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "$run/libpod"
volume_path = "$cache/storage/volumes"
[network]
network_backend = "netavark"
network_config_dir = "$cache/networks"
END
}

# overlay if the file system of the folder supports it, otherwise vfs, which copies every layer.
choose_storage() {
    local chosen probe
    if chosen=$(sed -n 's/^driver = "\(.*\)"/\1/p' "$cache/storage.conf" 2>/dev/null); then
        configure "$chosen"
        return
    fi
    rm -rf "$run"
    configure overlay
    if ! probe=$(buildah from scratch 2>/dev/null) || ! buildah mount "$probe" >/dev/null 2>&1; then
        rm -rf "$cache/storage" "$run"
        configure vfs
        return
    fi
    buildah rm "$probe" >/dev/null
}

make_stand_in() {
    buildah inspect --type image "$stand_in" >/dev/null 2>&1 && return
    echo "making a Debian with Python"
    local root=$cache/rootfs container
    rm -rf "$root"
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$root" >"$cache/debootstrap.log" ||
        { tail -n 20 "$cache/debootstrap.log" >&2 && return 1; }
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$root" / >/dev/null
    buildah commit --quiet --rm "$container" "$stand_in" >/dev/null
    rm -rf "$root"
}

# For the Python version of the image, not for the one that runs this script.
fetch_packages() {
    local wheels=$1
    [ -d "$wheels" ] && return
    echo "downloading the pinned packages"
    rm -rf "$cache"/wheels-* "$cache/fetching"
    "$python" -m pip download --quiet --quiet --disable-pip-version-check --only-binary :all: --python-version 3.11 \
        --require-hashes -r requirements/build.lock -r requirements/runtime.lock --dest "$cache/fetching"
    mv "$cache/fetching" "$wheels"
}

build() {
    local wheels=$1 base
    base=$(sed -n 's/^FROM \(.*\) AS base$/\1/p' Dockerfile)
    printf '[global]\nno-index = true\nfind-links = /wheels\n' >"$cache/pip.conf"
    buildah build --quiet --isolation chroot --format docker --pull-never \
        --build-context "$base=docker://$stand_in" \
        --volume "$wheels:/wheels:ro" --volume "$cache/pip.conf:/etc/pip.conf:ro" \
        --build-arg "VERSION=$("$python" -c 'from importlib.metadata import version; print(version("image-factory"))')" \
        --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
        --tag "$image" . >/dev/null
    # The image that the tag pointed to before.
    podman image prune --force >/dev/null
    echo "$image: $(podman image inspect --format '{{.Size}}' "$image" | numfmt --to=si)B," \
        "$(podman image inspect --format '{{.Size}}' "$stand_in" | numfmt --to=si)B of it the base that replaces the one in the Dockerfile"
}

[ "$(id -u)" = 0 ] || cannot "only root can make the Debian for its base; run this as root"
install_tools || cannot "its tools are missing"
choose_storage
wheels=$cache/wheels-$(cat requirements/build.lock requirements/runtime.lock | cksum | cut -d' ' -f1)
fetch_packages "$wheels" &
make_stand_in
wait $!
build "$wheels"
