# The service and its command line. Build it (`make test-image` builds and tests it):
#
#   docker build --build-arg VERSION=0.1.0 --build-arg REVISION="$(git rev-parse HEAD)" --tag image-factory .
#
# Run it with the least privileges; /data is the only folder that it writes permanently:
#
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     --volume image-factory:/data --publish 127.0.0.1:8080:8080 \
#     --env IMAGE_FACTORY_API_TOKENS=... --env IMAGE_FACTORY_CONFIG_REPO=... image-factory
#
# It listens on all addresses, so it refuses to start without IMAGE_FACTORY_API_TOKENS (or IMAGE_FACTORY_BACKSTAGE_URL).
# IMAGE_FACTORY_API_TOKENS_FILE can name a mounted file instead.

# The tag is for people, the digest decides. Pin another digest with the output of:
#   skopeo inspect --raw docker://docker.io/library/python:3.11-slim-bookworm | sha256sum
FROM python:3.11.16-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b AS base
ENV PYTHONUNBUFFERED=1


FROM base AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements/build.lock requirements/runtime.lock requirements/
RUN python3 -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes -r requirements/build.lock
# What runs needs no pip.
RUN python3 -m venv --without-pip /opt/image-factory \
    && /opt/build/bin/pip --python /opt/image-factory/bin/python install --only-binary :all: --require-hashes \
       -r requirements/runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY catalog catalog
COPY proxy proxy
COPY provider provider
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheel . \
    && /opt/build/bin/pip --python /opt/image-factory/bin/python install --no-deps --no-index /wheel/*.whl \
    && /opt/build/bin/pip --python /opt/image-factory/bin/python check


FROM base
# git for the config repository and for sources, ssh for those of them that have ssh addresses, and tini, which takes the
# place of an init: it passes signals on, and ends what a killed git leaves behind.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git openssh-client tini \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log
RUN useradd --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin image-factory \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /opt/image-factory /opt/image-factory
ENV PATH=/opt/image-factory/bin:$PATH PYTHONDONTWRITEBYTECODE=1

# What the service keeps is in data/ below its working directory: the checkout, the databases, the secret key.
WORKDIR /
VOLUME /data
# By number, so that a cluster can see that it is not root.
USER 10001:10001
EXPOSE 8080
# The process then has 20 seconds: requests that are running are answered, dispatches that are running are recorded.
STOPSIGNAL SIGTERM
# Not by urllib, which would ask a proxy that the environment names. A container that runs `worker` serves nothing: start
# it with --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python3", "-c", \
    "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8080, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["tini", "--", "image-factory"]
CMD ["serve", "--host", "0.0.0.0"]

# Last, because they change with every commit.
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Image Factory" \
      org.opencontainers.image.description="Keeps an organisation's container images fresh, and shows it in Backstage." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/python:3.11.16-slim-bookworm" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
