"""Where codes lead, read as a phone would read them; nothing is asked of anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.names.engine import matcher_of
from detectors.pictures.code_targets import TargetKind, read_target
from keywords.roster import load_roster

ROSTER = load_roster()


def target(text):
    return read_target(text, ROSTER, matcher_of(ROSTER))


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://cx.mem.gov.cn/special?index=0", "cx.mem.gov.cn"),
        ("HTTP://CX.MEM.GOV.CN/", "cx.mem.gov.cn"),
        ("URL:https://zlaq.mohurd.gov.cn:443/a", "zlaq.mohurd.gov.cn"),
        ("cnse.e-cqs.cn/info-pub/pub", "cnse.e-cqs.cn"),
        ("http://yjj.some-county.gov.cn/x", "yjj.some-county.gov.cn"),
    ],
)
def test_official_addresses(text, host):
    assert (target(text).kind, target(text).host) == (TargetKind.OFFICIAL, host)


@pytest.mark.parametrize(
    ("text", "host", "imitates"),
    [
        ("http://cx-mem-gov.cn/q?id=1", "cx-mem-gov.cn", "cx.mem.gov.cn"),
        ("http://cx.mem.gov.cn@cx-mem-gov.cn/", "cx-mem-gov.cn", "cx.mem.gov.cn"),
        ("http:\\\\cx-mem-gov.cn\\q", "cx-mem-gov.cn", "cx.mem.gov.cn"),
        ("MEBKM:TITLE:证书查询;URL:http://cx-mem-gov.cn/q;;", "cx-mem-gov.cn", "cx.mem.gov.cn"),
        ("ＨＴＴＰ：／／cx-mem-gov.cn/", "cx-mem-gov.cn", "cx.mem.gov.cn"),
        ("证书查询 http://cx-mem-gov.cn/q 姓名", "cx-mem-gov.cn", "cx.mem.gov.cn"),
        ("cx-mem-gov.cn", "cx-mem-gov.cn", "cx.mem.gov.cn"),
    ],
)
def test_lookalikes_however_they_are_written(text, host, imitates):
    found = target(text)
    assert (found.kind, found.host, found.imitates) == (TargetKind.LOOKALIKE, host, imitates)


def test_an_official_address_that_passes_on_leads_where_it_passes_on_to():
    found = target("https://cx.mem.gov.cn/jump?url=http%3A%2F%2Fa1ylhsk.cn%2Fq")
    assert (found.kind, found.host, found.through) == (TargetKind.ELSEWHERE, "a1ylhsk.cn", "cx.mem.gov.cn")


def test_of_several_addresses_the_most_suspect_counts():
    assert target("https://cx.mem.gov.cn/ http://cx-mem-gov.cn/").host == "cx-mem-gov.cn"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("http://t.cn/A6abc", TargetKind.SHORT_LINK),
        ("https://qr61.cn/oabc/qxyz", TargetKind.LIVE_CODE),
        ("https://u.wechat.com/EAAAA", TargetKind.CONTACT),
        ("https://weixin.qq.com/g/AbC", TargetKind.CONTACT),
        ("http://weixin.qq.com/r/AbC", TargetKind.ACCOUNT),
        ("wxp://f2f0abc", TargetKind.PAYMENT),
        ("https://qr.alipay.com/fkx1", TargetKind.PAYMENT),
        ("http://a1ylhsk.cn/zs/1", TargetKind.ELSEWHERE),
        ("http://203.0.113.9:8080/q", TargetKind.ELSEWHERE),
        ("MEM|王建国|电工作业", TargetKind.NOWHERE),
        ("T320723199003070011", TargetKind.NOWHERE),
        ("", TargetKind.NOWHERE),
    ],
)
def test_other_places(text, kind):
    assert target(text).kind is kind


@given(st.text(max_size=300) | st.text(alphabet="htps:/\\.@?&=%#cn政务", max_size=120))
def test_any_text_is_read_without_a_fault(text):
    assert target(text).kind in TargetKind
