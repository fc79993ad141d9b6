"""The one real Elasticsearch of a test run: started by the first test that needs it, shared by all workers, stopped at the end.

`ELASTIC_TEST_FOLDER` names the folder of a server that runs already (`python -m deploy.elasticsearch start --folder …`) and is to go on running.
"""

import os
import shutil
import socket
import sys
import tempfile
import uuid
from pathlib import Path

from deploy.elasticsearch.cluster import start_cluster, stop_cluster
from deploy.elasticsearch.plan import Plan, read_plan
from pipelines.stores.elastic.connection import Cluster, Credentials

_ENV = "ELASTIC_TEST_FOLDER"
_OWN = "ELASTIC_TEST_FOLDER_IS_OURS"


def choose_folder() -> None:
    """Called once, before the workers start: they inherit the environment."""
    if _ENV not in os.environ:
        os.environ[_ENV] = str(Path(tempfile.gettempdir()) / f"jianwei-elastic-{uuid.uuid4().hex[:12]}")
        os.environ[_OWN] = str(os.getpid())


QUICK_TO_START = "-XX:TieredStopAtLevel=1"
"""These servers live for minutes: what Java's second compiler wins later is less than what it takes meanwhile."""


def running_server(java_options: str = QUICK_TO_START) -> Plan:
    """Return the server, started if this is the first call of the run."""
    folder = Path(os.environ[_ENV])
    return start_cluster(folder, port=_free_port(), java_options=java_options, say=_say)


THREE = {
    # A node that answers nothing for some ten seconds is gone; Elasticsearch's own half minute would only make the tests longer.
    "cluster.fault_detection.follower_check.interval": "1s",
    "cluster.fault_detection.follower_check.timeout": "4s",
    "cluster.fault_detection.follower_check.retry_count": "2",
    "cluster.fault_detection.leader_check.interval": "1s",
    "cluster.fault_detection.leader_check.timeout": "4s",
    "cluster.fault_detection.leader_check.retry_count": "2",
    "cluster.info.update.interval": "10s",
}


def three_nodes() -> Plan:
    """Return the cluster of three nodes, started if this is the first call of the run."""
    return start_cluster(
        _folder_of_three(), nodes=3, port=_free_port(3), settings=THREE, java_options=QUICK_TO_START, say=_say
    )


def _folder_of_three() -> Path:
    return Path(f"{os.environ[_ENV]}-three")


def drop_server() -> None:
    """Stop them and delete their folders, if they are this run's and this process's to stop."""
    if os.environ.get(_OWN) != str(os.getpid()):
        return
    for folder in (Path(os.environ[_ENV]), _folder_of_three()):
        plan = read_plan(folder)
        if plan:
            stop_cluster(plan)
        shutil.rmtree(folder, ignore_errors=True)


def a_cluster(plan: Plan, **more) -> Cluster:
    """Return a client with a prefix of its own, and little patience with refreshes: a test's pace."""
    settings = {"prefix": a_prefix(), "replicas": 0, "refresh_ms": 10, **more}
    credentials = Credentials(username="elastic", password=plan.password())
    return Cluster(plan.urls, credentials, ca_file=str(plan.ca_file), **settings)


def a_prefix() -> str:
    """Return a prefix nobody else uses."""
    return f"t{uuid.uuid4().hex[:12]}"


def empty_indices(cluster: Cluster) -> None:
    """Take out all documents: far quicker than making the indices anew for every test."""
    client, pattern = cluster.client, f"{cluster.prefix}-*"
    client.indices.refresh(index=pattern)
    while hits := client.search(index=pattern, size=1000, source=False)["hits"]["hits"]:
        deletes = [{"delete": {"_index": hit["_index"], "_id": hit["_id"]}} for hit in hits]
        client.bulk(operations=deletes, refresh=True)


def drop_indices(cluster: Cluster) -> None:
    """Delete the indices a test made, and let go of the connections."""
    client = cluster.client
    names = list(client.indices.get(index=f"{cluster.prefix}-*", features="aliases"))
    if names:
        client.indices.delete(index=",".join(names))
    cluster.close()


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def _free_port(count: int = 1) -> int:
    """Return the first of so many free ports, whose neighbours a hundred further on are free, too: nodes speak with each other there."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if all(_is_free(port + number) and _is_free(port + 100 + number) for number in range(count)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True
