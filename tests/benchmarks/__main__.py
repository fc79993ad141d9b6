"""`python -m tests.benchmarks [NAME…]`: peers and ours in one run, one JSON line per benchmark. Exit 1 if a goal was missed, 2 for an unknown name."""

import importlib
import json
import sys

BENCHMARKS = (
    "names",
    "keywords",
    "coverage",
    "zone",
    "store",
    "filings",
    "pictures",
    "marks",
    "pages",
    "folding",
    "growth",
    "elastic",
    "workers",
    "crawl",
    "crawl_render",
)
"""Modules of this folder; each has `run() -> dict` with benchmark, ratio, goal, holds, detail."""


def main(wanted: list[str]) -> int:
    """Run the named benchmarks, or all, and print their records."""
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(f"unknown benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}\n")
        return 2
    missed = False
    for name in wanted or BENCHMARKS:
        record = importlib.import_module(f"tests.benchmarks.{name}").run()
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        missed = missed or not record["holds"]
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
