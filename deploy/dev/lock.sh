#!/usr/bin/env bash
# Resolves pyproject.toml into requirements.lock (to run) and requirements-dev.lock (to develop): exact versions, every
# hash, no index named. Needs uv; takes the one of .venv if there is one.
set -euo pipefail
cd "$(dirname "$0")/../.."
uv=$(command -v .venv/bin/uv || command -v uv || true)
[[ -n $uv ]] || { echo "congthu: uv is needed to lock: .venv/bin/python -m pip install uv" >&2; exit 2; }
options=(--quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links)
"$uv" pip compile pyproject.toml "${options[@]}" -o requirements.lock "$@"
"$uv" pip compile pyproject.toml "${options[@]}" --extra dev -c requirements.lock -o requirements-dev.lock "$@"
