#!/bin/sh
# Builds a container image on exactly the base images that Image Factory passes, and reports how a build ended.
#
#   image-factory-build.sh build     builds and pushes; docs/building.md lists the IMAGE_FACTORY_ variables that it reads
#   image-factory-build.sh report    sends the result of a build to Image Factory's callback
#
# Every value comes from the environment, and no value is ever run, expanded or split into words. It needs a POSIX shell and
# awk; `build` also docker with buildx, or buildah; `report` also curl, od and sha256sum.
set -eu

readonly BASE_NAME=org.opencontainers.image.base.name BASE_DIGEST=org.opencontainers.image.base.digest

say() { printf 'image-factory: %s\n' "$*"; }

fail() {
    printf 'image-factory: %s\n' "$*" >&2
    exit 2
}

need() { command -v "$1" >/dev/null 2>&1 || fail "$1 is not installed here; $2"; }

# A text of somebody else in one line of a log, without the characters that a CI system reads as a command.
printable() { printf '%s' "$1" | LC_ALL=C tr -c '[:alnum:] .,;:()_/@+=-' ' ' | sed 's/::*/:/g' | cut -c 1-1000; }

# Reads IMAGE_FACTORY_BASE_IMAGES, JSON as Image Factory writes it. Prints for each base image:
#   context NAME REFERENCE@DIGEST    for each way in which a Dockerfile can write its name
#   base WRITTEN NAME DIGEST         what the Dockerfile says, and the values of the labels
# Text that is not a reference, a tag or a digest ends the build, and is not printed.
read_base_images() {
    LC_ALL=C awk -v "engine=$engine" '
    function stop(why) { print "image-factory: IMAGE_FACTORY_BASE_IMAGES: " why | "cat 1>&2"; exit 2 }
    function blank() { sub(/^[ \t\r\n]+/, "", rest) }
    function next_is(character) {
        blank()
        if (substr(rest, 1, 1) != character) return 0
        rest = substr(rest, 2)
        return 1
    }
    function hexadecimal(text,    position, value) {
        for (position = 1; position <= length(text); position++)
            value = value * 16 + index("0123456789abcdef", tolower(substr(text, position, 1))) - 1
        return value
    }
    # A character that is not printable ASCII becomes a blank, which no name has.
    function unescaped(text,    plain, at, code) {
        plain = ""
        while (at = index(text, "\\")) {
            plain = plain substr(text, 1, at - 1)
            code = substr(text, at + 1, 1)
            if (code == "u") {
                code = hexadecimal(substr(text, at + 2, 4))
                plain = plain (code > 32 && code < 127 ? sprintf("%c", code) : " ")
                text = substr(text, at + 6)
            } else {
                plain = plain (code ~ /["\\\/]/ ? code : " ")
                text = substr(text, at + 2)
            }
        }
        return plain text
    }
    function string(    text) {
        blank()
        if (!match(rest, /^"([^"\\]|\\u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]|\\["\\\/bfnrt])*"/))
            stop("it is not the JSON that Image Factory writes, in item " count)
        text = substr(rest, 2, RLENGTH - 2)
        rest = substr(rest, RLENGTH + 1)
        return unescaped(text)
    }
    function value() {
        blank()
        if (substr(rest, 1, 1) == "\"") return string()
        if (!match(rest, /^(null|true|false|-?[0-9][0-9.eE+-]*)/))
            stop("it is not the JSON that Image Factory writes, in item " count)
        rest = substr(rest, RLENGTH + 1)
        return ""
    }
    function name(text) {
        if (!((text, pinned) in passed)) print "context", text, pinned
        passed[text, pinned] = 1
    }
    function names(image, tag) {
        if (tag == "" || tag == "latest") {
            name(image)
            name(image ":latest")
        } else name(image ":" tag)
    }
    function base(    image, tag, digest, written, short) {
        image = item["reference"]; tag = item["tag"]; digest = item["digest"]; written = item["written"]
        if (image !~ /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:[0-9]+)?(\/[a-z0-9][a-z0-9._-]*)+$/)
            stop("the reference of item " count " is not a registry and a repository")
        if (tag != "" && tag !~ /^[A-Za-z0-9_][A-Za-z0-9._-]*$/) stop("the tag of item " count " is not a tag")
        if (!(digest ~ /^sha256:[0-9a-f]+$/ && length(digest) == 71) &&
            !(digest ~ /^sha512:[0-9a-f]+$/ && length(digest) == 135)) stop("the digest of item " count " is not a digest")
        pinned = image "@" digest
        names(image, tag)
        if (sub(/^docker\.io\//, "", image)) {
            names(image, tag)
            if (sub(/^library\//, "", image)) {
                names(image, tag)
                names("docker.io/" image, tag)
            }
        }
        # BuildKit compares after it has expanded variables; buildah compares with what is written.
        if (written ~ (engine == "buildah" ? "^[!-<>-~]+$" : "^[A-Za-z0-9][A-Za-z0-9._:/-]*$")) name(written)
        if (written == "" || written ~ /[^!-~]/) written = "-"
        print "base", written, item["reference"] (tag == "" ? "" : ":" tag), digest
    }
    function object(    key) {
        split("", item)
        if (next_is("}")) return
        do {
            key = string()
            if (!next_is(":")) stop("it is not the JSON that Image Factory writes, in item " count)
            item[key] = value()
        } while (next_is(","))
        if (!next_is("}")) stop("it is not the JSON that Image Factory writes, in item " count)
    }
    BEGIN {
        rest = ENVIRON["IMAGE_FACTORY_BASE_IMAGES"]
        blank()
        if (rest == "") exit
        if (!next_is("[")) stop("it is not a JSON array")
        if (!next_is("]")) {
            do {
                count++
                if (!next_is("{")) stop("item " count " is not an object")
                object()
                base()
            } while (next_is(","))
            if (!next_is("]")) stop("it is not the JSON that Image Factory writes, after item " count)
        }
        blank()
        if (rest != "") stop("there is text after the JSON array")
    }'
}

# Prints what the built stage of a Dockerfile is based on, as written; nothing where that is not certain.
final_base() {
    IMAGE_FACTORY_STAGE=${IMAGE_FACTORY_TARGET-} LC_ALL=C awk '
    function instruction(text,    words, count, at, word) {
        count = split(text, words, /[ \t]+/)
        at = words[1] == "" ? 2 : 1
        word = toupper(words[at])
        if (word == "RUN" || word == "COPY" || word == "ADD") {
            for (at++; at <= count; at++) if (words[at] ~ /^[0-9]*<<-?[^<]+$/) {
                word = words[at]
                sub(/^[0-9]*<</, "", word)
                tabs[++documents] = sub(/^-/, "", word)
                gsub(/["\047]/, "", word)
                ends[documents] = word
            }
        }
        if (word != "FROM") return
        for (at++; words[at] ~ /^--/; at++);
        stages++
        from[stages] = words[at]
        parent[stages] = tolower(words[at]) in stage ? stage[tolower(words[at])] : 0
        if (toupper(words[at + 1]) == "AS") stage[tolower(words[at + 2])] = stages
    }
    BEGIN { escape = "\\" }
    { sub(/\r$/, "") }
    documents > closed {
        line = $0
        if (tabs[closed + 1]) sub(/^\t+/, "", line)
        if (line == ends[closed + 1]) closed++
        next
    }
    !begun && tolower($0) ~ /^#[ \t]*escape[ \t]*=[ \t]*`[ \t]*$/ { escape = "`" }
    /^[ \t]*#/ { if (tolower($0) !~ /^#[ \t]*[a-z]+[ \t]*=/) begun = 1; next }
    /^[ \t]*$/ { begun = 1; next }
    {
        begun = 1
        line = $0
        sub(/[ \t]+$/, "", line)
        open = substr(line, length(line)) == escape
        logical = logical (open ? substr(line, 1, length(line) - 1) : line)
        if (open) next
        instruction(logical)
        logical = ""
    }
    END {
        if (documents > closed || logical != "") exit
        wanted = tolower(ENVIRON["IMAGE_FACTORY_STAGE"])
        at = wanted == "" ? stages : (wanted in stage ? stage[wanted] : 0)
        while (at && parent[at]) at = parent[at]
        if (at) print from[at]
    }' "$1"
}

# Prints the two values of the labels for the base of the built stage: one that was passed, or one that is pinned there.
label_values() {
    IMAGE_FACTORY_WRITTEN=$(final_base "$1") LC_ALL=C awk '
    BEGIN { written = ENVIRON["IMAGE_FACTORY_WRITTEN"] }
    $1 == "base" && $2 == written && written != "" { found[$3 " " $4] = $3 " " $4 }
    END {
        for (one in found) if (++count == 1) answer = found[one]
        if (count == 1) print answer
        if (count || written !~ /^[A-Za-z0-9][A-Za-z0-9._:\/-]*@sha256:[0-9a-f]+$/) exit
        name = digest = written
        sub(/@.*/, "", name)
        sub(/.*@/, "", digest)
        host = name ~ /\// ? name : ""
        sub(/\/.*/, "", host)
        if (host !~ /[.:]/ && host != "localhost") name = "docker.io/" (host == "" ? "library/" : "") name
        print name, digest
    }' "$2"
}

dockerfile_of() {
    if [ -n "${IMAGE_FACTORY_DOCKERFILE-}" ]; then
        printf '%s\n' "$IMAGE_FACTORY_DOCKERFILE"
    elif [ -f "$1/Dockerfile" ] || [ ! -f "$1/Containerfile" ]; then
        printf '%s\n' "$1/Dockerfile"
    else
        printf '%s\n' "$1/Containerfile"
    fi
}

# Writes each line of a variable that is not blank into a file, the last one ended by a newline too.
lines_of() { printf '%s\n' "$1" | tr -d '\r' | sed '/^[[:space:]]*$/d' >"$2"; }

build_with_buildx() {
    if [ "$push" = true ]; then set -- --push "$@"; fi
    docker buildx build --metadata-file "$folder/metadata" "$@" || return 1
    sed -n 's/.*"containerimage.digest": *"\(sha[0-9]*:[0-9a-f]*\)".*/\1/p' "$folder/metadata" >"$folder/digest"
}

build_with_buildah() {
    list=
    case ${IMAGE_FACTORY_PLATFORMS-} in
    *,*) list=$(printf 'image-factory-%s' "${folder##*.}" | tr '[:upper:]' '[:lower:]') ;;
    esac
    if [ -n "$list" ]; then
        buildah build --manifest "$list" "$@" || return 1
    else
        buildah build --iidfile "$folder/id" "$@" || return 1
    fi
    [ "$push" = true ] || return 0
    if [ -n "$list" ]; then
        set -- manifest push --all --digestfile "$folder/digest"
    else
        set -- push --digestfile "$folder/digest"
    fi
    while IFS= read -r line; do set -- "$@" "$line"; done <"$folder/push-arguments"
    while IFS= read -r tag; do
        buildah "$@" "${list:-$(cat "$folder/id")}" "docker://$tag" || return 1
        # buildah 1.28 ends with status 0 when it could not push an index.
        [ -s "$folder/digest" ] || { say "buildah did not push $tag" >&2 && return 1; }
    done <"$folder/tags"
    [ -z "$list" ] || buildah manifest rm "$list" >/dev/null
}

show_inputs() {
    say "building ${IMAGE_FACTORY_REBUILD_ID:+for rebuild $IMAGE_FACTORY_REBUILD_ID }with $engine"
    [ -z "${IMAGE_FACTORY_REASON-}" ] || say "reason: $(printable "$IMAGE_FACTORY_REASON")"
    while read -r kind _ name digest; do
        [ "$kind" != base ] || say "base image $name is built on as $digest"
    done <"$folder/bases"
    if [ -n "${IMAGE_FACTORY_REBUILD_ID-}" ] && [ ! -s "$folder/bases" ]; then
        say "no base images were passed: each one is built on as its tag points now"
    fi
}

show_result() {
    digest=$(head -n 1 "$folder/digest" 2>/dev/null || true)
    case $digest in sha[0-9]*:*) say "pushed as $digest" ;; *) return 0 ;; esac
    [ -z "${IMAGE_FACTORY_DIGEST_FILE-}" ] || printf '%s' "$digest" >"$IMAGE_FACTORY_DIGEST_FILE"
    [ -z "${GITHUB_OUTPUT-}" ] || printf 'digest=%s\n' "$digest" >>"$GITHUB_OUTPUT"
    [ -z "${GITHUB_STEP_SUMMARY-}" ] || {
        printf '| Image Factory | |\n|---|---|\n'
        printf '| rebuild | `%s` |\n| pushed | `%s` |\n' "${IMAGE_FACTORY_REBUILD_ID:--}" "$digest"
        sed -n 's/^base [^ ]* \([^ ]*\) \([^ ]*\)$/| `\1` | `\2` |/p' "$folder/bases"
    } >>"$GITHUB_STEP_SUMMARY"
}

build() {
    need awk "it reads the base images"
    engine=${IMAGE_FACTORY_ENGINE:-buildx} push=${IMAGE_FACTORY_PUSH:-true} context=${IMAGE_FACTORY_CONTEXT:-.}
    case $engine in
    buildx) need docker "set IMAGE_FACTORY_ENGINE to buildah to build without it" ;;
    buildah) need buildah "set IMAGE_FACTORY_ENGINE to buildx to build without it" ;;
    *) fail "IMAGE_FACTORY_ENGINE must be buildx or buildah" ;;
    esac
    case $push in true | false) ;; *) fail "IMAGE_FACTORY_PUSH must be true or false" ;; esac
    case ${IMAGE_FACTORY_REBUILD_ID-} in *[!A-Za-z0-9._:-]*) fail "IMAGE_FACTORY_REBUILD_ID is not an id of Image Factory" ;; esac

    lines_of "${IMAGE_FACTORY_IMAGE-}" "$folder/tags"
    [ -s "$folder/tags" ] || fail "IMAGE_FACTORY_IMAGE is empty; set it to the image, such as ghcr.io/acme/portal:latest"
    lines_of "${IMAGE_FACTORY_CONTEXTS-}" "$folder/contexts"
    lines_of "${IMAGE_FACTORY_BUILD_ARGS-}" "$folder/build-args"
    lines_of "${IMAGE_FACTORY_ARGUMENTS-}" "$folder/arguments"
    lines_of "${IMAGE_FACTORY_PUSH_ARGUMENTS-}" "$folder/push-arguments"
    read_base_images >"$folder/bases" || exit 2
    show_inputs

    dockerfile=$(dockerfile_of "$context")
    set --
    while IFS= read -r line; do set -- "$@" "$line"; done <"$folder/arguments"
    while IFS= read -r line; do set -- "$@" --build-arg "$line"; done <"$folder/build-args"
    # The last context of a name counts.
    while IFS= read -r line; do set -- "$@" --build-context "$line"; done <"$folder/contexts"
    while read -r kind name pinned _; do
        [ "$kind" != context ] || set -- "$@" --build-context "$name=docker-image://$pinned"
    done <"$folder/bases"
    while IFS= read -r line; do set -- "$@" --tag "$line"; done <"$folder/tags"
    [ -z "${IMAGE_FACTORY_TARGET-}" ] || set -- "$@" --target "$IMAGE_FACTORY_TARGET"
    [ -z "${IMAGE_FACTORY_PLATFORMS-}" ] || set -- "$@" --platform "$IMAGE_FACTORY_PLATFORMS"
    if [ -f "$dockerfile" ]; then
        label_values "$dockerfile" "$folder/bases" >"$folder/labels"
        while read -r name digest; do
            set -- "$@" --label "$BASE_NAME=$name" --label "$BASE_DIGEST=$digest"
        done <"$folder/labels"
    fi
    set -- "$@" --file "$dockerfile" -- "$context"
    "build_with_$engine" "$@" || exit 1
    show_result
}

# The result in Image Factory's words, from those of Tekton, Jenkins, Argo and GitLab, or from an exit status.
conclusion_of() {
    case $(printf '%s' "$1" | tr '[:upper:]' '[:lower:]') in
    0 | success | succeeded | completed) printf success ;;
    cancelled | canceled | aborted | not_built) printf cancelled ;;
    timed_out | timeout | timedout | 124) printf timed_out ;;
    failure | failed | error | unstable | none | [1-9] | [1-9][0-9] | [1-9][0-9][0-9]) printf failure ;;
    *) fail "IMAGE_FACTORY_RESULT is not a result; use success, failure, cancelled or timed_out, or an exit status" ;;
    esac
}

hexadecimal() { od -An -v -tx1 | tr -d ' \n'; }

# The bytes of a key in hexadecimal, each combined with a number.
padded() {
    left=$1 octal=
    while [ -n "$left" ]; do
        byte=${left%"${left#??}"} left=${left#??}
        number=$((0x$byte ^ $2))
        octal="$octal\\0$((number / 64))$((number / 8 % 8))$((number % 8))"
    done
    printf '%b' "$octal"
}

sha256() { sha256sum | cut -d ' ' -f 1; }

# HMAC-SHA256 (RFC 2104) of a file. The key never is an argument of a program, where other processes could read it.
signature_of() {
    key=$(printf '%s' "$IMAGE_FACTORY_WEBHOOK_SECRET" | hexadecimal)
    [ ${#key} -le 128 ] || key=$(printf '%s' "$IMAGE_FACTORY_WEBHOOK_SECRET" | sha256)
    while [ ${#key} -lt 128 ]; do key=${key}00; done
    inner=$({ padded "$key" 0x36 && cat "$1"; } | sha256)
    { padded "$key" 0x5c && padded "$inner" 0; } | sha256
}

# A step that follows a failed build reports it, and then fails itself.
report() {
    if [ -n "${IMAGE_FACTORY_RESULT_FILE-}" ]; then
        IMAGE_FACTORY_RESULT=$(cat "$IMAGE_FACTORY_RESULT_FILE") || fail "IMAGE_FACTORY_RESULT_FILE cannot be read"
    fi
    conclusion=$(conclusion_of "${IMAGE_FACTORY_RESULT-}")
    if [ -n "${IMAGE_FACTORY_CALLBACK-}" ]; then
        send_result
    else
        say "no callback was passed: nothing is reported"
    fi
    [ -z "${IMAGE_FACTORY_RESULT_FILE-}" ] || [ "$conclusion" = success ] || exit 1
}

send_result() {
    [ -n "${IMAGE_FACTORY_WEBHOOK_SECRET-}" ] || fail "IMAGE_FACTORY_WEBHOOK_SECRET is empty; it signs the result"
    [ -n "${IMAGE_FACTORY_URL-}" ] || fail "IMAGE_FACTORY_URL is empty; set it to the address of Image Factory"
    need curl "it sends the result"
    need sha256sum "it signs the result"
    need od "it signs the result"
    # A signed result goes to Image Factory alone, whatever the event says.
    case $IMAGE_FACTORY_CALLBACK in
    "${IMAGE_FACTORY_URL%/}"/webhooks/builds/*[!A-Za-z0-9._:-]* | "${IMAGE_FACTORY_URL%/}"/webhooks/builds/) known=false ;;
    "${IMAGE_FACTORY_URL%/}"/webhooks/builds/*) known=true ;;
    *) known=false ;;
    esac
    [ "$known" = true ] || fail "IMAGE_FACTORY_CALLBACK is not an address below IMAGE_FACTORY_URL/webhooks/builds/"
    url=null
    case ${IMAGE_FACTORY_RUN_URL-} in
    http://* | https://*)
        case $IMAGE_FACTORY_RUN_URL in
        *[!A-Za-z0-9._~:/?#@!\$\&\'\(\)*+,\;=%-]*) say "IMAGE_FACTORY_RUN_URL is not an address; it is left out" ;;
        *) url=\"$IMAGE_FACTORY_RUN_URL\" ;;
        esac
        ;;
    esac
    # With the id, a signed body is good for this rebuild alone.
    printf '{"rebuildId":"%s","status":"completed","conclusion":"%s","url":%s}' \
        "${IMAGE_FACTORY_CALLBACK##*/}" "$conclusion" "$url" >"$folder/body"
    curl --silent --show-error --fail --max-time 20 --retry 5 --retry-connrefused --output /dev/null \
        --header 'Content-Type: application/json' \
        --header "X-Image-Factory-Signature-256: sha256=$(signature_of "$folder/body")" \
        --data-binary "@$folder/body" "$IMAGE_FACTORY_CALLBACK" || exit 1
    say "reported $conclusion"
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
case ${1-} in
build | report) "$1" ;;
*) fail "usage: image-factory-build.sh build | report" ;;
esac
