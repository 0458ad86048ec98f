# The hub: web server, coordinator, beat and migrations are one image with four commands.
FROM node:24-slim AS dashboard
WORKDIR /primia
COPY frontend/package.json frontend/package-lock.json frontend/
RUN npm --prefix frontend ci --no-audit --no-fund
COPY frontend frontend
RUN npm --prefix frontend run build

FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends g++ make && rm -rf /var/lib/apt/lists/*
WORKDIR /primia
# Empty: torch as the package index has it, with CUDA. cpu: 5 GB less.
ARG UV_TORCH_BACKEND=
COPY Makefile requirements.lock ./
RUN UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1 make packages
COPY pyproject.toml setup.py README.md manage.py ./
COPY primia_core primia_core
COPY backend backend
COPY workers workers
RUN make project
COPY --from=dashboard /primia/frontend/dist frontend/dist
RUN useradd --uid 10001 --home-dir /var/lib/primia --create-home primia \
    && install -d -o primia -m 700 /var/lib/primia/storage /var/lib/primia/identity
ENV PATH=/primia/.venv/bin:$PATH DJANGO_SETTINGS_MODULE=backend.config.settings PYTHONUNBUFFERED=1
USER primia
VOLUME /var/lib/primia
EXPOSE 8000
CMD ["uvicorn", "backend.config.asgi:application", "--host", "0.0.0.0", "--port", "8000"]
