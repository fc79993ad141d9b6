"""What is said when the cluster cannot be used, and that it is used again by itself."""

import pytest

from pipelines.bootstrap import kept_snapshots, open_case
from pipelines.errors import ExitCode, SettingInvalid, StoreUnavailable
from pipelines.model import LeadQuery
from pipelines.settings import Settings, load_settings
from pipelines.stores.elastic.stores import stores_of
from tests import elastic_server
from tests.builders import a_sighting, a_snapshot


def settings_for(plan, home, **more) -> Settings:
    elastic = {
        "nodes": plan.urls,
        "username": "elastic",
        "password": plan.password(),
        "ca_file": plan.ca_file,
        "replicas": 0,
        "patience_s": 2,
        **more,
    }
    return Settings(home=home, store={"kind": "elasticsearch", "elasticsearch": elastic})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"password": "wrong"}, "不被接受"),
        ({"username": ""}, "不被接受"),
        ({"ca_file": None}, "ca_file"),
        ({"nodes": ("https://127.0.0.1:1",)}, "无法连接"),
    ],
)
def test_a_cluster_that_cannot_be_used_is_one_sentence_and_exit_3(elastic_plan, tmp_path, more, said):
    with pytest.raises(StoreUnavailable) as raised, open_case(settings_for(elastic_plan, tmp_path, **more)):
        pass
    assert said in raised.value.zh
    assert raised.value.exit_code is ExitCode.UNREACHABLE
    assert elastic_plan.password() not in raised.value.zh + raised.value.en


def test_settings_that_cannot_work_are_named(elastic_plan, tmp_path):
    for more, key in (({"nodes": ()}, "nodes"), ({"ca_file": "no.pem"}, "ca_file")):
        with pytest.raises(SettingInvalid) as raised, open_case(settings_for(elastic_plan, tmp_path, **more)):
            pass
        assert raised.value.key == f"store.elasticsearch.{key}"
    wanted = settings_for(elastic_plan, tmp_path, password="", password_file="none")
    with pytest.raises(SettingInvalid), open_case(wanted):
        pass


def test_secrets_come_from_the_environment_or_a_file_and_are_never_shown(tmp_path):
    environ = {
        "JIANWEI_HOME": str(tmp_path),
        "JIANWEI_STORE__KIND": "elasticsearch",
        "JIANWEI_STORE__ELASTICSEARCH__NODES": '["https://es1:9200","https://es2:9200"]',
        "JIANWEI_STORE__ELASTICSEARCH__API_KEY": "c2VjcmV0",
    }
    settings = load_settings(environ)
    assert settings.store.elasticsearch.nodes == ("https://es1:9200", "https://es2:9200")
    assert settings.store.elasticsearch.api_key.get_secret_value() == "c2VjcmV0"
    assert "c2VjcmV0" not in repr(settings) + str(settings.model_dump(mode="json"))


def test_a_node_address_with_a_password_in_it_is_refused(tmp_path):
    with pytest.raises(SettingInvalid) as raised:
        load_settings({"JIANWEI_HOME": str(tmp_path), "JIANWEI_STORE__ELASTICSEARCH__NODES": '["https://u:p@es:9200"]'})
    assert "store.elasticsearch.nodes" in raised.value.key


def test_a_case_on_a_cluster_keeps_what_is_shared_there_and_the_rest_at_home(elastic_plan, tmp_path, clock):
    prefix = elastic_server.a_prefix()
    for home in (tmp_path / "a", tmp_path / "b"):
        with open_case(settings_for(elastic_plan, home, prefix=prefix, refresh_ms=10), clock) as case:
            case.leads.merge_many([a_sighting()])
            case.snapshots.put(a_snapshot())
            assert case.leads.find(LeadQuery()).total == 1
            assert case.leads.find(LeadQuery()).leads[0].version == 1
            assert kept_snapshots(case.settings) == (a_snapshot(),)
            assert (home / "jianwei.sqlite").is_file()
    elastic_server.drop_indices(elastic_server.a_cluster(elastic_plan, prefix=prefix))


def test_an_index_of_another_layout_is_not_touched(elastic_plan, clock):
    cluster = elastic_server.a_cluster(elastic_plan)
    stores = stores_of(cluster, clock)
    stores.leads.merge_many([a_sighting()])
    for layout, said in ((0, "jianwei store reindex"), (99, "升级程序")):
        cluster.client.indices.put_mapping(index=stores.leads.index.alias, meta={"layout": layout})
        cluster.ready.clear()
        with pytest.raises(StoreUnavailable) as raised:
            stores.leads.find(LeadQuery())
        assert said in raised.value.zh
    elastic_server.drop_indices(cluster)
