# One hospital's agent. It holds neither the backend nor the dashboard, listens nowhere, and asks one address.
FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends g++ make && rm -rf /var/lib/apt/lists/*
WORKDIR /primia
# Empty: torch as the package index has it, with CUDA. cpu: 5 GB less.
ARG UV_TORCH_BACKEND=
COPY Makefile requirements.lock ./
RUN UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1 make packages
COPY pyproject.toml setup.py README.md ./
COPY primia_core primia_core
COPY workers/__init__.py workers/
COPY workers/link workers/link
COPY workers/site workers/site
COPY workers/supervisor workers/supervisor
RUN make project
RUN useradd --uid 10001 --home-dir /var/lib/primia --create-home primia
ENV PATH=/primia/.venv/bin:$PATH PYTHONUNBUFFERED=1
USER primia
VOLUME /var/lib/primia
CMD ["primia", "site", "run"]
