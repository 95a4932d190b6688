# One image per service: docker build --build-arg SERVICE=billing .
# The same image runs all processes of a service; the command picks one (`python -m services.billing rpc`).
FROM node:20-bookworm-slim AS npm
ARG SERVICE
WORKDIR /npm
COPY services/gateway/web/package.json services/gateway/web/package-lock.json services/gateway/web/.npmrc ./
# Only the gateway has pages.
RUN if [ "${SERVICE}" = gateway ]; then npm ci && cp package-lock.json installed.txt; fi

FROM python:3.11-slim-bookworm AS packages
ARG SERVICE
ARG FOLDER=services/${SERVICE}
RUN python -m venv /venv
COPY ${FOLDER}/requirements.lock /tmp/requirements.lock
RUN /venv/bin/pip install --no-cache-dir --require-hashes --no-deps --requirement /tmp/requirements.lock

FROM python:3.11-slim-bookworm
ARG SERVICE
ARG FOLDER=services/${SERVICE}
# Billing and notifications render PDFs. Debian's point releases bring security fixes under new versions: none is pinned.
# hadolint ignore=DL3008
RUN if [ "${SERVICE}" = billing ] || [ "${SERVICE}" = notifications ]; then \
        apt-get update \
        && apt-get install -y --no-install-recommends \
            fonts-dejavu-core fonts-inter libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
        && rm -rf /var/lib/apt/lists/*; \
    fi
RUN useradd --system --uid 10001 --create-home crm \
    && install -d -o crm -g crm /var/lib/crm /var/lib/crm/objects /var/lib/crm/sandbox
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HEALTH_PORT=9000
COPY --from=packages /venv /venv
WORKDIR /app
COPY stack/docker/healthcheck.py /usr/local/bin/healthcheck.py
COPY libs libs
COPY services/__init__.py services/__init__.py
COPY ${FOLDER} ${FOLDER}
RUN --mount=type=bind,from=npm,source=/npm,target=/npm \
    if [ "${SERVICE}" = gateway ]; then python -m services.gateway.web.build /npm; fi
USER 10001
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=3 \
    CMD ["python", "/usr/local/bin/healthcheck.py"]
CMD ["python", "-c", "raise SystemExit('name a process: python -m services.<service> rpc | worker | migrate')"]
