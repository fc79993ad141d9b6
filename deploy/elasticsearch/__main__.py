"""`python -m deploy.elasticsearch start|stop|status`: the same errors and exit codes as the `jianwei` command."""

import argparse
import os
import sys
from pathlib import Path

from deploy.elasticsearch.artifact import VERSION
from deploy.elasticsearch.cluster import start_cluster, stop_cluster
from deploy.elasticsearch.health import ask
from deploy.elasticsearch.nodes import pid_of
from deploy.elasticsearch.plan import Plan, read_plan
from pipelines.errors import ExitCode, MonitorError, UsageError


def main(words: list[str]) -> int:
    """Run one command and return its exit code."""
    options = _options().parse_args(words)
    try:
        if options.command == "start":
            return _start(options)
        plan = read_plan(options.folder.absolute())
        if plan is None:
            raise UsageError(
                f"{options.folder} 中没有 Elasticsearch：请先 start。",
                f"There is no Elasticsearch in {options.folder}: start one first.",
            )
        return _stop(plan) if options.command == "stop" else _status(plan)
    except MonitorError as error:
        _say(error.sentence(options.lang))
        return error.exit_code


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.elasticsearch", description=f"Elasticsearch {VERSION} on this machine"
    )
    default = "/var/lib/jianwei/elasticsearch" if os.geteuid() == 0 else "var/elasticsearch"
    parser.add_argument("command", choices=("start", "stop", "status"))
    parser.add_argument("--folder", type=Path, default=Path(default), help=f"where it lives; default {default}")
    parser.add_argument("--nodes", type=int, default=1, help="number of nodes (three keep working when one dies)")
    parser.add_argument("--port", type=int, default=9200, help="HTTP port of the first node")
    parser.add_argument("--heap", default="512m", help="Java heap of each node, e.g. 512m or 4g")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh" if "zh" in os.environ.get("LANG", "") else "en")
    return parser


def _start(options: argparse.Namespace) -> int:
    plan = start_cluster(options.folder, nodes=options.nodes, port=options.port, heap=options.heap, say=_say)
    nodes = ", ".join(f'"{url}"' for url in plan.urls)
    sys.stdout.write(
        '[store]\nkind = "elasticsearch"\n\n[store.elasticsearch]\n'
        f'nodes = [{nodes}]\nusername = "elastic"\npassword_file = "{plan.password_file}"\nca_file = "{plan.ca_file}"\n'
        f"replicas = {min(plan.nodes - 1, 1)}\n"
    )
    return ExitCode.DONE


def _stop(plan: Plan) -> int:
    _say(f"stopped {stop_cluster(plan)} of {plan.nodes} nodes")
    return ExitCode.DONE


def _status(plan: Plan) -> int:
    running = [number for number in range(plan.nodes) if pid_of(plan, number)]
    health = "-"
    for number in running:
        try:
            health = ask(plan, "/_cluster/health", number=number)["status"]
            break
        except OSError:
            continue
    sys.stdout.write(f"nodes running: {len(running)} of {plan.nodes}; health: {health}; {', '.join(plan.urls)}\n")
    return ExitCode.DONE if len(running) == plan.nodes and health in {"green", "yellow"} else ExitCode.UNREACHABLE


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
