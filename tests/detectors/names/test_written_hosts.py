"""Addresses written in adverts, listings and messages."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import Skip
from detectors.names.written import _MAY_HOLD_POINT, WrittenHostsDetector
from keywords.roster import load_roster
from tests.builders import a_site, an_advert

DETECTOR = WrittenHostsDetector(load_roster())


def a_text(text):
    return replace(a_site(), captures=(), text=text)


def told(text):
    answer = DETECTOR.examine(a_text(text))
    return [] if isinstance(answer, Skip) else [dict(one.data)["host"] for one in answer]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("您的特种作业操作证已办好，请登录www.cx-mem-gov.com查询", "www.cx-mem-gov.com"),
        ("官网可查 http://zlaq.mohurd.gov-cn.top/q?x=1 三天出证", "zlaq.mohurd.gov-cn.top"),
        ("查询网址：ｃｘ－ｍｅｍ－ｇｏｖ．ｃｏｍ", "cx-mem-gov.com"),
        ("认准官方网址 https://cx.mem.gov.cn@zs-query.top/x", "zs-query.top"),
    ],
)
def test_an_imitating_address_is_told_with_its_place(text, host):
    assert told(text) == [host]


@pytest.mark.parametrize(
    "text",
    [
        "请登录 cx.mem.gov.cn 查询",
        "警方通报：cx-mem-gov.com 系假冒网站，已被关闭",
        "报名请登录我校网站 www.anxin-peixun.com",
        "学校网址 www.aqpxw.com.cn，电话 0518-85401234",
        "附件：1.doc 2.5mm a.b.c",
    ],
)
def test_official_addresses_notices_and_schools_are_passed_over(text):
    assert told(text) == []


def test_an_adverts_own_words_are_read():
    [one] = DETECTOR.examine(an_advert(title="电工证查询", text="登录 cxmemgov.cn 查询"))
    assert one.quotes[0].where == "advert"
    shown = one.quotes[0]
    assert shown.text[shown.start : shown.end] == "cxmemgov.cn"


def test_without_a_text_there_is_nothing_to_look_for():
    assert isinstance(DETECTOR.examine(a_text("")), Skip)


@given(st.text(max_size=200))
def test_any_text_is_answered(text):
    DETECTOR.examine(a_text(text))


def test_every_character_that_becomes_a_full_stop_is_looked_for():
    for char in map(chr, range(0x110000)):
        assert ("." in unicodedata.normalize("NFKC", char)) == (_MAY_HOLD_POINT(char, 0, 9) is not None), hex(ord(char))
