"""What staff read of a change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywords.hosts import to_unicode
from pipelines.name_history import begin
from pipelines.name_notice import CHANGE_ZH, sentence_of
from pipelines.name_record import ChangeKind, NameChange
from tests.builders import AT
from tests.name_builders import HOST, REGISTERED, RESOLVING, UNREGISTERED, a_sight, after, watched
from tests.pipelines.test_name_history import STORIES, registered


def said(*sights, source: str = "list:new.txt", host: str = HOST) -> list[str]:
    return [sentence_of(host, "cx.mem.gov.cn", one) for one in watched(*sights, source=source)[1]]


GONE = (a_sight(RESOLVING), a_sight(UNREGISTERED, at=after(days=10)), a_sight(UNREGISTERED, at=after(days=11)))


@pytest.mark.parametrize(
    ("sights", "sentence"),
    [
        ((a_sight(UNREGISTERED), a_sight(REGISTERED, at=after(days=3))), "mem-gov.cn 于 2026-11-25 被注册（此前未注册 3 天）"),
        (
            (a_sight(REGISTERED), a_sight(RESOLVING, at=after(hours=3))),
            "mem-gov.cn 于 2026-11-22 解析到 203.0.113.7（此前已注册、未解析 不足 1 天）",
        ),
        (GONE, "mem-gov.cn 自 2026-12-02 起消失，域名已不存在（此前解析到 203.0.113.7，历时 10 天）"),
        ((*GONE, a_sight(RESOLVING, at=after(days=51))), "mem-gov.cn 于 2027-01-12 重新解析到 203.0.113.7（此前已消失 41 天）"),
        ((*GONE, a_sight(REGISTERED, at=after(days=51))), "mem-gov.cn 于 2027-01-12 重新被注册（此前已消失 41 天）"),
        (
            (a_sight(RESOLVING), a_sight(REGISTERED, at=after(days=1)), a_sight(REGISTERED, at=after(days=2))),
            "mem-gov.cn 自 2026-11-23 起停止解析，注册仍在（此前解析到 203.0.113.7，历时 1 天）",
        ),
        (
            (a_sight(RESOLVING), a_sight(REGISTERED, at=after(days=1)), a_sight(UNREGISTERED, at=after(days=2))),
            "mem-gov.cn 自 2026-11-23 起停止解析，注册是否仍在尚未查明（此前解析到 203.0.113.7，历时 1 天）",
        ),
        (
            (a_sight(RESOLVING), a_sight(RESOLVING, "127.0.0.1", at=after(days=1))),
            "mem-gov.cn 于 2026-11-23 解析地址由 203.0.113.7 变为 127.0.0.1，该地址打不开任何网站：可能已被处置，也可能是我方网络拦截",
        ),
        (
            (*GONE, a_sight(REGISTERED, at=after(days=51)), a_sight(RESOLVING, at=after(days=52))),
            "mem-gov.cn 于 2027-01-13 重新解析到 203.0.113.7（此前停止解析 42 天）",
        ),
        (
            (a_sight(RESOLVING), a_sight(RESOLVING, "198.51.100.1", "198.51.100.2", at=after(days=1))),
            "mem-gov.cn 于 2026-11-23 解析地址由 203.0.113.7 变为 198.51.100.1、198.51.100.2",
        ),
        (
            (registered("2024-01-01", "甲", 0), registered("2026-11-20", "乙", 4)),
            "mem-gov.cn 于 2026-11-26 查明已重新注册：注册日期由 2024-01-01 变为 2026-11-20，注册服务机构由 甲 变为 乙",
        ),
        (
            (a_sight(parking=""), a_sight(parking="Sedo", at=after(days=1))),
            "mem-gov.cn 于 2026-11-23 已转为停放、待售或到期页（Sedo）",
        ),
        (
            (a_sight(parking="Sedo"), a_sight(parking="", at=after(days=9))),
            "mem-gov.cn 于 2026-12-01 结束停放，可能即将启用（此前停放于 Sedo 9 天）",
        ),
    ],
)  # fmt: skip
def test_the_sentence_of_each_change(sights, sentence):
    assert said(*sights)[-1] == sentence


def test_a_first_sight_names_source_and_suspicion():
    _, (first,) = begin(HOST, "cx.mem.gov.cn", "pinyin", 500, "ct:argon", AT, AT)
    assert (
        sentence_of(HOST, "cx.mem.gov.cn", first)
        == "mem-gov.cn 于 2026-11-22 首次发现，涉嫌仿冒 cx.mem.gov.cn（来源：ct:argon）"
    )
    assert "涉嫌仿冒政府网站" in sentence_of(HOST, "", first)


def test_a_chinese_name_is_read_and_spelt():
    host = "xn--vhq83aba960tgrddyuh8lw48asia.com"
    (sentence,) = said(a_sight(RESOLVING), source="generation", host=host)
    assert (
        sentence == f"{to_unicode(host)}（{host}） 于 2026-11-22 首次查询即已解析到 203.0.113.7，涉嫌仿冒 cx.mem.gov.cn"
    )


def test_many_addresses_are_counted():
    many = tuple(f"198.51.100.{n}" for n in range(1, 9))
    assert said(a_sight(RESOLVING), a_sight(RESOLVING, *many, at=after(days=1)))[0].endswith("198.51.100.3 等 8 个")


def test_what_a_suspect_says_cannot_steer_a_terminal():
    (sentence,) = said(registered("2024-01-01", "甲", 0), registered("2024-01-01", "\x1b[2J\u202e\n乙" + "丙" * 500, 1))
    assert sentence.isprintable()
    assert len(sentence) < 200


@given(STORIES, st.sampled_from(["", "cx.mem.gov.cn"]))
def test_every_change_of_every_story_has_one_line(story, imitates):
    _, changes = watched(*sorted(story, key=lambda sight: sight.at), source="generation")
    for one in changes:
        assert sentence_of(HOST, imitates, one).isprintable()


def test_every_kind_has_its_name():
    assert set(CHANGE_ZH) == set(ChangeKind)
    assert all(
        sentence_of(
            HOST, "", NameChange(at=AT, kind=kind, before=("gone",), after=("registered",), is_notice=True, noted_at=AT)
        )
        for kind in ChangeKind
    )
