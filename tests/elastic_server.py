"""The one real Elasticsearch of a test run: started by the first test that needs it, shared by all workers, stopped at the end.

`ELASTIC_TEST_FOLDER` names the folder of a server that runs already (`python -m deploy.elasticsearch start --folder …`) and is to go on running.
"""

import os
import shutil
import socket
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


def running_server() -> Plan:
    """Return the server, started if this is the first call of the run."""
    folder = Path(os.environ[_ENV])
    return start_cluster(folder, port=_free_port(), say=print)


def drop_server() -> None:
    """Stop it and delete its folder, if it is this run's and this process's to stop."""
    if os.environ.get(_OWN) != str(os.getpid()):
        return
    folder = Path(os.environ[_ENV])
    plan = read_plan(folder)
    if plan:
        stop_cluster(plan)
    shutil.rmtree(folder, ignore_errors=True)


def a_cluster(plan: Plan, **more) -> Cluster:
    """Return a client with a prefix of its own, and little patience with refreshes: a test's pace."""
    settings = {"prefix": f"t{uuid.uuid4().hex[:12]}", "replicas": 0, "refresh_ms": 10, **more}
    credentials = Credentials(username="elastic", password=plan.password())
    return Cluster(plan.urls, credentials, ca_file=str(plan.ca_file), **settings)


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


def _free_port() -> int:
    """Return a port that is free, and whose neighbour a hundred further on is, too: nodes speak with each other there."""
    while True:
        with socket.socket() as http, socket.socket() as transport:
            http.bind(("127.0.0.1", 0))
            port = http.getsockname()[1]
            try:
                transport.bind(("127.0.0.1", port + 100))
            except (OSError, OverflowError):
                continue
            return int(port)
