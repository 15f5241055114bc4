# Cổng Thư in a container. Built and run: docs/deploy.md. Its steps are proved without a container engine by
# deploy/docker/prove-steps.sh, which reads this very file; it knows the instructions that are used here.
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv ca-certificates
WORKDIR /src
COPY deploy/docker/build.lock requirements.lock ./
# The tools live in a folder of their own; what runs is installed into /opt/congthu, which has no pip.
RUN python3 -m venv /opt/build && /opt/build/bin/pip install --require-hashes --no-deps -r build.lock
RUN python3 -m venv --without-pip /opt/congthu && /opt/build/bin/pip --python /opt/congthu/bin/python install --require-hashes --no-deps --no-compile -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY gateway gateway
RUN /opt/build/bin/pip wheel --no-build-isolation --no-deps --wheel-dir /wheels . && /opt/build/bin/pip --python /opt/congthu/bin/python install --no-deps --no-index --no-compile /wheels/*.whl && /opt/congthu/bin/python -m compileall -q /opt/congthu/lib

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3 ca-certificates libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation2 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --home-dir /var/lib/congthu --shell /usr/sbin/nologin congthu && install -d -o congthu -g congthu -m 0700 /var/lib/congthu && install -d /etc/congthu
COPY --from=build /opt/congthu /opt/congthu
ENV PATH=/opt/congthu/bin:/usr/bin:/bin PYTHONUNBUFFERED=1
USER congthu
WORKDIR /var/lib/congthu
VOLUME /var/lib/congthu
EXPOSE 25 587 465 9125
STOPSIGNAL SIGTERM
# [http] bind must then listen on 127.0.0.1:9125 (the default) or on every address.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s CMD ["python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:9125/healthz', timeout=4)"]
ENTRYPOINT ["congthu"]
CMD ["run", "--config", "/etc/congthu/config.toml"]
