"""Verdicts on runs, and the alarm when a field vanishes."""

from dataclasses import replace

import pytest

from pipelines.model import RunReport, RunVerdict
from pipelines.run_health import ERROR_ZH, error_kind, field_shares, with_verdict
from tests.builders import AT


def a_report(**changes) -> RunReport:
    whole = RunReport(
        id="R1", started_at=AT, sources=("engines",), done={"query": 9, "visit": 20}, left={}, outcomes={}
    )
    return replace(whole, **changes)


def counts(rows, **found):
    return {"engine:baidu": {"rows": rows, "adverts": rows // 5, **found}}


EARLIER = (a_report(field_counts=counts(100, title=100, target=60, text=90, advertiser=20)),)


def test_a_run_without_trouble_is_good():
    judged = with_verdict(a_report(field_counts=counts(50, title=50, target=20, text=40, advertiser=10)), EARLIER)
    assert (judged.verdict, judged.reasons) == (RunVerdict.GOOD, ())


def test_a_field_that_vanished_is_named_with_its_shares():
    judged = with_verdict(a_report(field_counts=counts(50, title=50, text=40, target=1, advertiser=9)), EARLIER)
    assert judged.verdict is RunVerdict.LOOK
    (reason,) = judged.reasons
    assert "百度" in reason and "真实地址" in reason and "60%" in reason and "50 条中只有 1 条" in reason


def test_a_field_of_adverts_is_compared_among_adverts_alone():
    few = with_verdict(a_report(field_counts=counts(20, title=20, target=10, text=18)), EARLIER)
    assert few.verdict is RunVerdict.GOOD, "four adverts without a payer are too few to say"
    many = with_verdict(a_report(field_counts=counts(100, title=100, target=55, text=90)), EARLIER)
    assert "广告主" in many.reasons[0]


def test_what_was_never_found_or_found_in_few_rows_does_not_vanish():
    rare = (a_report(field_counts=counts(100, title=100, area=5)),)
    report = a_report(field_counts=counts(60, title=58))
    assert [share for share in field_shares(report, rare) if share.is_vanished] == []
    assert with_verdict(report, ()).verdict is RunVerdict.GOOD
    assert {share.before_permille for share in field_shares(report, ())} == {None}


def test_the_shares_of_several_runs_are_taken_together():
    report = a_report(field_counts=counts(40, title=3))
    before = tuple(a_report(field_counts=counts(6, title=6)) for _ in range(4))
    adverts, share = field_shares(report, before)
    assert (adverts.field, adverts.found, adverts.rows, adverts.is_vanished) == ("adverts", 8, 40, False)
    assert (share.found, share.rows, share.permille, share.before_permille, share.is_vanished) == (
        3,
        40,
        75,
        1000,
        True,
    )
    assert not any(one.is_vanished for one in field_shares(report, before[:1])), "six rows are no history"


def test_adverts_that_are_found_no_more_are_named_and_an_engine_without_any_is_not():
    report = a_report(
        field_counts={"engine:baidu": {"rows": 100, "adverts": 1, "title": 100, "target": 60, "text": 90}}
    )
    (reason,) = with_verdict(report, EARLIER).reasons
    assert "百度" in reason and "广告条目" in reason and "20%" in reason and "100 条中只有 1 条" in reason
    none = a_report(field_counts={"engine:searxng": {"rows": 100, "adverts": 0, "title": 100}})
    assert [one.field for one in field_shares(none, (none,))] == ["title"]


@pytest.mark.parametrize(
    ("changes", "is_broken", "verdict", "word"),
    [
        ({}, True, RunVerdict.BAD, "未能进行到底"),
        ({"done": {}, "left": {"visit": 3}}, False, RunVerdict.BAD, "没有完成任何工作"),
        ({"done": {"visit": 1}, "left": {"query": 9}}, False, RunVerdict.BAD, "所有搜索引擎"),
        ({"outcomes": {"visits_failed": 11}}, False, RunVerdict.BAD, "20 个网址中有 11 个打不开"),
        ({"outcomes": {"visits_failed": 10}}, False, RunVerdict.GOOD, ""),
        ({"left": {"query": 3}}, False, RunVerdict.LOOK, "3 项工作没有做完"),
        ({"failures": ("x",)}, False, RunVerdict.LOOK, "1 项没有成功"),
        ({"not_run": ("x", "y")}, False, RunVerdict.LOOK, "2 项没有进行"),
    ],
)
def test_the_verdict_says_why(changes, is_broken, verdict, word):
    judged = with_verdict(a_report(**changes), EARLIER, is_broken=is_broken)
    assert judged.verdict is verdict
    assert word in "".join(judged.reasons)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("未能打开网页：连接 1.2.3.4:80 超时", "timeout"),
        ("未能打开网页：203.0.113.5:443 拒绝连接或不可达", "connection"),
        ("重定向目标未能访问：指向内部或保留地址 127.0.0.1，已拒绝访问", "guarded"),
        ("重定向次数过多，已停止", "redirect"),
        ("上级代理不能连接 1.2.3.4:443（502）", "proxy"),
        ("百度：要求人机验证，需要人工处理", "captcha"),
        ("对方 robots.txt 不允许自动访问", "robots"),
        ("程序出错，一项工作未完成（KeyError: x）", "fault"),
        ("别的", "other"),
    ],
)
def test_failures_have_kinds_and_kinds_have_names(sentence, kind):
    assert error_kind(sentence) == kind
    assert ERROR_ZH[kind]
