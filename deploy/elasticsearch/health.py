"""Asks the cluster how it is, and waits until it is well."""

import base64
import json
import ssl
import time
import urllib.error
import urllib.request
from typing import Any

from deploy.elasticsearch.plan import Plan
from pipelines.errors import Unreachable

__all__ = ["ask", "wait_for_health"]


def ask(plan: Plan, path: str, *, number: int = 0, timeout_s: float = 10.0) -> Any:
    """Return the JSON a node answers to GET `path`. Raises OSError."""
    request = urllib.request.Request(f"{plan.urls[number]}{path}")  # noqa: S310 - our own https address
    credentials = base64.b64encode(f"elastic:{plan.password()}".encode()).decode()
    request.add_header("Authorization", f"Basic {credentials}")
    context = ssl.create_default_context(cafile=str(plan.ca_file))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open(request, timeout=timeout_s) as answer:
        return json.load(answer)


def wait_for_health(plan: Plan, *, timeout_s: float = 180.0) -> dict[str, Any]:
    """Return the health of the whole cluster once every node is in it and every index can be written. Raises `Unreachable`."""
    give_up_at = time.monotonic() + timeout_s
    last: object = "-"
    while time.monotonic() < give_up_at:
        try:
            health = ask(plan, "/_cluster/health")
        except (OSError, urllib.error.URLError, ValueError) as error:
            last = error
        else:
            if health["number_of_nodes"] == plan.nodes and health["status"] != "red":
                return dict(health)
            last = f"{health['number_of_nodes']}/{plan.nodes} nodes, {health['status']}"
        time.sleep(0.3)
    raise Unreachable(
        f"Elasticsearch 在 {timeout_s:.0f} 秒内没有就绪（{last}），日志在 {plan.folder}。",
        f"Elasticsearch was not ready within {timeout_s:.0f} s ({last}); its logs are in {plan.folder}.",
    )
