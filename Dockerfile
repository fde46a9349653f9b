# The whole lab in one image, which needs no network when it runs.
#
#   docker build -t interleave .
#   docker run --rm -p 127.0.0.1:8888:8888 interleave

FROM golang:1.26.8-trixie AS go
# What only those need who work on Go itself.
RUN rm -r /usr/local/go/api /usr/local/go/test

# What runs: Go for the cells, a C compiler for its race detector, CPython for Jupyter
# and for the cells, and what the cells start.
FROM debian:13.2-slim AS base
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates gcc libc6-dev openssl procps python3 python3-venv tini && \
    rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/*
COPY --from=go /usr/local/go /usr/local/go
# Caches are where their user may write: a container links the image's files there.
ENV PATH=/opt/interleave/.lab/bin:/opt/interleave/.lab/venv/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    GOTOOLCHAIN=local \
    GOMODCACHE=/opt/go/mod \
    GOCACHE=/tmp/interleave/go-build \
    GOPLSCACHE=/tmp/interleave/gopls \
    INTERLEAVE_PROJECT=/opt/interleave

FROM base AS build
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends locales && \
    localedef -i ko_KR -f UTF-8 ko_KR.UTF-8
COPY . /opt/interleave
WORKDIR /opt/interleave
# All that compiles the lab stays behind in caches of its own.
RUN GOMODCACHE=/tmp/mod GOCACHE=/tmp/build GOPLSCACHE=/tmp/build-gopls go run ./kernel-setup install
# What cells are compiled from is made ready where it will be, and nothing else.
RUN export GOPROXY=file:///tmp/mod/cache/download && go mod graph >/dev/null && \
    go build -o /dev/null ./kernel-setup/warm && \
    GOPROXY=off kernel-setup install && \
    mkdir .lab/caches && \
    mv /tmp/interleave/go-build .lab/caches/GOCACHE && \
    mv /tmp/interleave/gopls .lab/caches/GOPLSCACHE && \
    find /opt/go/mod/cache/download -name '*.zip' -delete && \
    chmod -R a+rX,go-w /opt

FROM base
ARG NB_USER=reader
ARG NB_UID=1000
RUN useradd --create-home --uid ${NB_UID} --shell /bin/bash ${NB_USER}
COPY --from=build /usr/lib/locale/locale-archive /usr/lib/locale/locale-archive
COPY --from=build /opt /opt
ENV LANG=ko_KR.UTF-8 \
    NB_USER=${NB_USER} \
    NB_UID=${NB_UID} \
    INTERLEAVE_STATE=/tmp/interleave/jupyter \
    INTERLEAVE_WORK=/home/${NB_USER}/work
USER ${NB_UID}
WORKDIR /home/${NB_USER}
EXPOSE 8888
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8888/api', timeout=2)"]
ENTRYPOINT ["tini", "-g", "--", "kernel-setup", "container"]
CMD ["kernel-setup", "lab", "--listen", "0.0.0.0", "--port", "8888", "--no-browser"]
