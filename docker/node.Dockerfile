# One node of encrypted diagnosis: a compute party, the dealer or a model owner, by what its folder says. It holds
# neither the backend nor the dashboard. Each node runs in a container, a volume and a network of its own.
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
COPY workers/node workers/node
COPY workers/party workers/party
COPY workers/dealer workers/dealer
COPY workers/owner workers/owner
COPY workers/supervisor workers/supervisor
RUN make project
RUN useradd --uid 10001 --home-dir /var/lib/primia --create-home primia
# glibc gives vectors of megabytes back to the kernel at each release; getting them again costs more than the computing.
ENV PATH=/primia/.venv/bin:$PATH PYTHONUNBUFFERED=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=1073741824
USER primia
VOLUME /var/lib/primia
# 7000 for other nodes, 7100 for everybody who asks for a party's keys
EXPOSE 7000 7100
CMD ["primia", "node", "run"]
