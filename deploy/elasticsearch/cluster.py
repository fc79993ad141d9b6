"""One cluster in one folder: started, stopped, asked how it is. What the command and the tests both call."""

from collections.abc import Callable
from pathlib import Path

from deploy.elasticsearch.artifact import held, java_home, server_home
from deploy.elasticsearch.files import write_files
from deploy.elasticsearch.health import ask, wait_for_health
from deploy.elasticsearch.nodes import pid_of, start_node, started, stop_node
from deploy.elasticsearch.plan import Plan, made_plan

__all__ = ["is_up", "restart_node", "start_cluster", "stop_cluster"]


def start_cluster(
    folder: Path,
    *,
    nodes: int = 1,
    port: int = 9200,
    heap: str = "512m",
    settings: dict[str, str] | None = None,
    java_options: str = "",
    say: Callable[[str], None] = lambda _: None,
) -> Plan:
    """Start what does not run yet and return once the cluster is well; again is as once, also from two processes.

    Raises `UsageError` or `Unreachable`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder / "lock"):
        java, home = java_home(say), server_home(say)
        plan = made_plan(
            folder, nodes=nodes, port=port, heap=heap, settings=settings or {}, java_options=java_options, say=say
        )
        write_files(plan, home, java)
        launchers = [(number, start_node(plan, number, home, java)) for number in range(plan.nodes)]
        for number, launcher in launchers:
            if launcher:
                say(f"starting node {number} on {plan.urls[number]}")
                started(plan, number, launcher)
        wait_for_health(plan)
    return plan


def restart_node(plan: Plan, number: int) -> None:
    """Start one node that was stopped or killed, and wait until it is up itself (not until the cluster is well again)."""
    java, home = java_home(_quietly), server_home(_quietly)
    launcher = start_node(plan, number, home, java)
    if launcher:
        started(plan, number, launcher)


def _quietly(_: str) -> None:
    """Say nothing: it was installed when the node was first started."""


def stop_cluster(plan: Plan) -> int:
    """Stop all nodes; return how many ran."""
    return sum(stop_node(plan, number) for number in range(plan.nodes))


def is_up(plan: Plan) -> bool:
    """Say whether all processes run and the cluster answers."""
    if not all(pid_of(plan, number) for number in range(plan.nodes)):
        return False
    try:
        return bool(ask(plan, "/_cluster/health")["status"] != "red")
    except OSError:
        return False
