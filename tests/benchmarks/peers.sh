#!/usr/bin/env bash
# Installs the programs ours is measured against into a virtual environment of their own. They are run, never imported:
# openSquat is GPL-3.0.
set -euo pipefail
cd "$(dirname "$0")/../.."
want=$(sha256sum <tests/benchmarks/peers.lock | cut -d' ' -f1)
if [ "$(cat .venv/peers/installed.sha256 2>/dev/null || true)" != "$want" ]; then
    echo "== installing the benchmarks' peers into .venv/peers" >&2
    rm -rf .venv/peers
    .venv/bin/python -m venv .venv/peers
    .venv/peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r tests/benchmarks/peers.lock
    printf '%s\n' "$want" >.venv/peers/installed.sha256
fi
