# Two commands set everything up on a fresh Debian or Ubuntu machine: `make run` and `make test`.
PY := .venv/bin/python

.PHONY: setup run test bench lock

setup:
	@bash deploy/setup.sh

run: setup
	@$(PY) -m deploy.cli.main demo

test:
	@bash deploy/setup.sh tests
	@bash deploy/test.sh

bench:
	@bash deploy/setup.sh tests
	@bash tests/benchmarks/peers.sh
	@$(PY) -m tests.benchmarks $(NAME)

# Rewrites requirements.lock from pyproject.toml (needs `uv`; developers only).
lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet -o requirements.lock
