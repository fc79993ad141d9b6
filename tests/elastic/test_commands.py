"""`jianwei store` and `python -m deploy.elasticsearch` as operators run them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.elasticsearch.cluster import is_up, start_cluster
from pipelines.bootstrap import open_case, open_shelf
from pipelines.model import LeadQuery
from pipelines.moves.shelf import Kind, contents
from tests import elastic_server
from tests.builders import a_listing, a_sighting
from tests.contracts.filled import fill
from tests.elastic.test_connection import settings_for

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(elastic_plan, tmp_path):
    made = settings_for(elastic_plan, tmp_path, prefix=elastic_server.a_prefix(), refresh_ms=10, patience_s=10)
    yield made
    elastic_server.drop_indices(elastic_server.a_cluster(elastic_plan, prefix=made.store.elasticsearch.prefix))


def begun(settings, plan, *words, **more) -> subprocess.Popen:
    wanted = settings.store.elasticsearch
    environ = {key: value for key, value in os.environ.items() if not key.startswith("JIANWEI_")} | {
        "JIANWEI_HOME": str(settings.home),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "JIANWEI_STORE__KIND": "elasticsearch",
        "JIANWEI_STORE__ELASTICSEARCH__NODES": json.dumps(list(plan.urls)),
        "JIANWEI_STORE__ELASTICSEARCH__USERNAME": "elastic",
        "JIANWEI_STORE__ELASTICSEARCH__PASSWORD_FILE": str(plan.password_file),
        "JIANWEI_STORE__ELASTICSEARCH__CA_FILE": str(plan.ca_file),
        "JIANWEI_STORE__ELASTICSEARCH__PREFIX": wanted.prefix,
        "JIANWEI_STORE__ELASTICSEARCH__REPLICAS": "0",
        **more,
    }
    program = (sys.executable, "-m", "deploy.cli.main", "--lang", "zh", *words)
    return subprocess.Popen(program, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")


def run(settings, plan, *words, **more) -> "tuple[int, list[dict], str]":
    with begun(settings, plan, *words, **more) as running:
        out, said = running.communicate(timeout=200)
    return running.returncode, [json.loads(line) for line in out.splitlines()], said


def test_a_case_moves_to_the_cluster_and_back(settings, elastic_plan, tmp_path, clock):
    own = settings.model_copy(update={"store": settings.store.model_copy(update={"kind": "sqlite"})})
    with open_case(own, clock) as case:
        fill(case)
    code, _, said = run(settings, elastic_plan, "store", "copy", "--from", "sqlite", "--to", "elasticsearch")
    assert (code, "两边一致" in said) == (0, True), said
    with open_case(settings, clock) as case:
        assert case.leads.find(LeadQuery()).total == 5
        assert case.audit.first_broken() is None
    target = tmp_path / "back.sqlite"
    code, _, said = run(settings, elastic_plan, "store", "copy", "--from", "elasticsearch", "--to", f"sqlite:{target}")
    assert code == 0, said
    with open_shelf(own, "sqlite") as ours, open_shelf(own, f"sqlite:{target}") as theirs:
        for kind in Kind:
            assert contents(ours.shelf.read(kind)) == contents(theirs.shelf.read(kind)), kind


def test_a_rebuild_killed_in_the_middle_goes_on(settings, elastic_plan, clock):
    with open_case(settings, clock) as case:
        case.leads.merge_many([a_sighting(a_listing(item_id=str(number))) for number in range(3000)])
        before = case.leads.find(LeadQuery(limit=1000))
    with begun(settings, elastic_plan, "store", "reindex", "--only", "leads", "--shards", "2") as running:
        index = elastic_server.a_cluster(elastic_plan, prefix=settings.store.elasticsearch.prefix)
        while not index.client.indices.exists(index=f"{index.prefix}-leads-v2"):
            assert running.poll() is None
        running.send_signal(signal.SIGKILL)
        running.communicate()
    code, records, said = run(settings, elastic_plan, "store", "reindex", "--drop-old")
    assert code == 0, said
    leads = next(one for one in records if one["kind"] == "leads")
    assert leads["documents"] == 3000
    assert leads["to"].endswith(("-v2", "-v3"))
    with open_case(settings, clock) as case:
        assert case.leads.find(LeadQuery(limit=1000)) == before
    index.close()


def test_a_cluster_that_is_away_is_exit_3_and_one_sentence(settings, elastic_plan):
    away = {
        "JIANWEI_STORE__ELASTICSEARCH__NODES": '["https://127.0.0.1:1"]',
        "JIANWEI_STORE__ELASTICSEARCH__PATIENCE_S": "0",
    }
    for words in (("status",), ("store", "reindex")):
        code, records, said = run(settings, elastic_plan, *words, **away)
        assert (code, records) == (3, [])
        assert "无法连接" in said
        assert len(said.strip().splitlines()) == 1


def test_the_settings_are_listed_without_their_secrets(settings, elastic_plan):
    secret = {"JIANWEI_STORE__ELASTICSEARCH__API_KEY": "c2VjcmV0"}
    code, records, said = run(settings, elastic_plan, "config", "check", "--json", **secret)
    assert code == 0, said
    shown = {one["key"]: one["value"] for one in records}
    assert shown["store.elasticsearch.prefix"] == settings.store.elasticsearch.prefix
    assert "c2VjcmV0" not in json.dumps(records)


def test_starting_a_server_that_runs_changes_nothing(elastic_plan):
    said = []
    again = start_cluster(elastic_plan.folder, say=said.append)
    assert again == elastic_plan
    assert said == []
    assert is_up(again)
    other = [sys.executable, "-m", "deploy.elasticsearch", "start", "--lang", "zh", "--nodes", "3", "--folder"]
    refused = subprocess.run([*other, str(elastic_plan.folder)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (refused.returncode, "1 个节点" in refused.stderr) == (2, True)
    status = [sys.executable, "-m", "deploy.elasticsearch", "status", "--folder", str(elastic_plan.folder)]
    told = subprocess.run(status, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (told.returncode, "1 of 1" in told.stdout) == (0, True)
    assert elastic_plan.password() not in told.stdout + told.stderr


def test_a_folder_without_a_server_is_said_so(tmp_path):
    stop = [sys.executable, "-m", "deploy.elasticsearch", "stop", "--folder", str(tmp_path)]
    told = subprocess.run(stop, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert len(told.stderr.splitlines()) == 1
