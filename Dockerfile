# The program is one bundle: the final image holds Node, that bundle and the licences of what is in it; no shell, no npm,
# no node_modules. The bundle is JavaScript, the same for every architecture, but for one small native part (Unix datagram
# sockets): all is built on the machine's own, that part with a cross compiler where need be, and the last stage runs nothing,
# so that an image for another architecture needs no emulation. (podman 4 has to be told it: --build-arg=TARGETARCH=arm64.)
ARG BASE=gcr.io/distroless/nodejs24-debian12:nonroot

FROM --platform=$BUILDPLATFORM docker.io/library/node:24-bookworm-slim AS build
WORKDIR /src
ARG TARGETARCH
RUN case "$TARGETARCH" in \
      "" | "$(dpkg --print-architecture)") compiler=g++ ;; \
      arm64) compiler=g++-aarch64-linux-gnu ;; \
      amd64) compiler=g++-x86-64-linux-gnu ;; \
    esac && \
    apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${compiler:?}" >/dev/null && \
    rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
# Nothing that is installed runs: npm would compile unix-dgram with tools that are not here, and leave it out.
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build -- --unix-dgram && \
    node scripts/with-node24.mjs scripts/unix-dgram.ts --to=dist/unix_dgram.node --arch="$TARGETARCH" && \
    node scripts/with-node24.mjs scripts/sbom.ts && rm dist/meta.json

FROM $BASE
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=https://github.com/metrics-sidecar/metrics-sidecar
LABEL org.opencontainers.image.title="metrics-sidecar" \
      org.opencontainers.image.description="Annotate a Kubernetes pod, get a Prometheus endpoint" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE"
COPY --from=build /src/dist /app
COPY LICENSE /app/LICENSE
ENV NODE_ENV=production
# The threshold of glibc, fixed: one that it raises itself, up to 32 MB, puts buffers of pages into its heap, between allocations that
# stay, and what they took is not given back. A sidecar with 100,000 series then needs 124 to 174 MB instead of 150 to 228, for the
# same CPU (bench/scrape.ts); fewer arenas (MALLOC_ARENA_MAX) do less.
ENV MALLOC_MMAP_THRESHOLD_=1048576
USER 65532:65532
STOPSIGNAL SIGTERM
# A young generation of 2 MB a half, said when Node starts or never. In a container of 64 MiB a flood of new series then takes 30 to
# 39 MB instead of 40 to 59 (with 1: 27 to 35), for the same CPU (bench/statsd.ts, bench/scrape.ts). The webhook has 4 by its chart:
# 153 MB under load instead of 139, and 255 µs of CPU a review instead of 290 (bench/admission.ts).
ENV NODE_OPTIONS=--max-semi-space-size=2
ENTRYPOINT ["/nodejs/bin/node", "/app/main.js"]
