"""A sweep of an engine whose links lead on by a script, on the practice range: real DNS, TLS, proxy, and the resolver's budget."""

import json

from crawler.context import SilentProgress
from crawler.sweep import run_sweep
from pipelines.bootstrap import open_case
from pipelines.model import LeadQuery
from pipelines.settings import load_settings


def test_sogou_finds_suspects_and_no_paid_link_is_opened(tmp_path, practice):
    file = tmp_path / "jianwei.toml"
    file.write_text(practice.settings_toml(), "utf-8")
    chosen = {
        "JIANWEI_HOME": str(tmp_path),
        "JIANWEI_SWEEP__SOURCES": '["engines"]',
        "JIANWEI_SWEEP__ENGINES": '["sogou"]',
        "JIANWEI_SWEEP__ENGINE_BUDGET": "2",
        "JIANWEI_SWEEP__PAGES_PER_QUERY": "1",
        "JIANWEI_SWEEP__WRAPPER_BUDGET": "1",
        "JIANWEI_CRAWL__RENDERS": "false",
    }
    settings = load_settings(chosen, file)
    before = len(practice.requests())
    with open_case(settings) as case:
        report = run_sweep(case, settings, SilentProgress())
        adverts = case.leads.find(LeadQuery(filters=(("kind", ("advert",)),))).total
    asked = [one for one in practice.requests()[before:] if one.host == "www.sogou.com"]
    assert report.failures == ()
    assert report.outcomes["result_pages"] == 2
    assert adverts
    assert 0 < len([one for one in asked if one.path.startswith("/link")]) <= 1
    assert not [one for one in asked if one.path.startswith("/bill_cpc")]
    assert any("跳转链接" in sentence for sentence in report.not_run), json.dumps(report.not_run, ensure_ascii=False)
