#!/usr/bin/env bash
# Everything that must be green: style, types, room boundaries, tests. `make test` and CI run this.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
# Commands are run hundreds of times as processes of their own: none should have to compile the project again.
unset PYTHONDONTWRITEBYTECODE
$bin/ruff check .
$bin/ruff format --check .
$bin/mypy
$bin/lint-imports
exec $bin/python -m pytest "$@"
