"""What is concluded from a photographed certificate."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import Code, Picture
from detectors.pictures.card import is_certificate, read_card
from detectors.pictures.trades import load_trades
from detectors.pictures.verdict import Verdict, check_picture
from keywords.roster import load_roster
from tests.picture_builders import SOUND_NUMBER

TODAY = date(2026, 11, 22)
ROSTER, TRADES = load_roster(), load_trades()
CARD = f"中华人民共和国特种作业操作证\n姓名 王建国\n证号 {SOUND_NUMBER}\n作业类别 电工作业\n准操项目 低压电工作业\n有效期限 2024-05-10至2030-05-09"


def check(*codes, text="", failure=""):
    picture = Picture(where="a.jpg", codes=tuple(Code(text=one) for one in codes), text=text, failure=failure)
    return check_picture(picture, ROSTER, TRADES, TODAY)


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        (("https://cx.mem.gov.cn/",), Verdict.LEADS_TO_OFFICIAL),
        (("http://cx-mem-gov.cn/q",), Verdict.LEADS_ELSEWHERE),
        (("https://cx.mem.gov.cn/", "http://a1ylhsk.cn/"), Verdict.LEADS_ELSEWHERE),
        (("http://t.cn/A6x",), Verdict.LEADS_ELSEWHERE),
        (("plain data",), Verdict.NO_CODE),
        ((), Verdict.NO_CODE),
    ],
)
def test_the_verdict_follows_the_codes(codes, verdict):
    assert check(*codes, text=CARD).verdict is verdict


def test_the_sentence_names_host_and_imitated_site():
    sentence = check("http://cx-mem-gov.cn/q").sentence
    assert "cx-mem-gov.cn" in sentence
    assert "cx.mem.gov.cn" in sentence
    assert "\n" not in sentence
    assert sentence.count("。") == 1


def test_a_short_link_is_said_to_redirect():
    assert "跳转" in check("http://t.cn/A6x").sentence


def test_what_could_not_be_read_is_unreadable_and_says_why():
    answer = check(failure="图片不完整或已损坏，无法解码")
    assert answer.verdict is Verdict.UNREADABLE
    assert "不完整" in answer.sentence
    assert answer.needs_person


def test_a_picture_that_was_seen_in_part_is_not_unreadable():
    told = "动图共 150 帧，只看了其中 6 帧"
    answer = check_picture(Picture(where="a.gif", failure=told, was_opened=True), ROSTER, TRADES, TODAY)
    assert answer.verdict is Verdict.NO_CODE
    assert answer.sentence == f"没有发现二维码或条码，请在官方网站或官方公众号查询；{told}。"


def test_a_sound_card_that_leads_to_the_official_site_needs_nobody():
    answer = check("https://cx.mem.gov.cn/", text=CARD)
    assert not answer.needs_person
    assert [one.code for one in answer.findings] == ["number.sound"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((SOUND_NUMBER, SOUND_NUMBER[:-1]), "number.length"),
        (("2030-05-09", "2036-05-09"), "validity.length"),
        (("2030-05-09", "长期"), "validity.for_ever"),
        (("低压电工作业", "叉车司机"), None),
        (("有效期限", "查询网址 www.cx-mem-gov.cn\n有效期限"), "printed.lookalike"),
        ((f"证号 {SOUND_NUMBER}", ""), "number.missing"),
    ],
)
def test_findings_on_the_print(change, code):
    answer = check("https://cx.mem.gov.cn/", text=CARD.replace(*change))
    found = {one.code for one in answer.findings}
    assert code in found if code else found
    assert SOUND_NUMBER not in str([(one.reason, one.quote) for one in answer.findings])


def test_an_advert_is_no_certificate():
    assert not is_certificate("电工证 包过\n加微信 abc12345")
    assert check(text="电工证 包过\n加微信 abc12345").findings == ()


def test_a_card_is_taken_apart():
    card = read_card(CARD)
    assert (card.name, card.number, card.trade) == ("王建国", SOUND_NUMBER, "电工作业 低压电工作业")
    assert (card.validity.valid_from, card.validity.valid_to) == (date(2024, 5, 10), date(2030, 5, 9))


def test_labels_may_stand_above_their_values():
    card = read_card(CARD.replace(" ", "\n"))
    assert (card.name, card.number, card.trade) == ("王建国", SOUND_NUMBER, "电工作业 低压电工作业")
    assert (card.validity.valid_from, card.validity.valid_to) == (date(2024, 5, 10), date(2030, 5, 9))


def test_a_card_of_special_equipment_is_held_to_its_own_rules():
    text = (
        f"特种设备安全管理和作业人员证\n姓名：王建国\n证件编号：{SOUND_NUMBER[1:]}\n作业项目：叉车司机N1\n"
        "批准日期：2024年05月06日\n有效日期：2028年05月"
    )
    assert [one.code for one in check(text=text).findings] == ["number.sound"]
    [wrong] = [one for one in check(text=text.replace("2028", "2034")).findings if one.code == "validity.length"]
    assert "4 年" in wrong.reason


def test_a_building_card_is_known_by_its_own_number():
    text = (
        f"建筑施工特种作业操作资格证\n姓名 王建国\n身份证号 {SOUND_NUMBER[1:]}\n操作类别 塔式起重机司机\n"
        "证号 苏A042021000123\n使用期 2025年05月20日至2027年05月19日"
    )
    assert read_card(text).number == "苏A042021000123"
    assert [one.code for one in check(text=text).findings] == ["number.sound"]


def test_a_screen_that_shows_a_counterfeit_address_leads_there_without_a_code():
    answer = check(text=f"cx.mem-gov-cn.top/query\n{CARD}")
    assert answer.verdict is Verdict.LEADS_ELSEWHERE
    assert answer.sentence.startswith("印有仿冒网址 cx.mem-gov-cn.top")
    assert answer.sentence.count("印有仿冒网址") == 1
    assert check(text=f"cx.mem.gov.cn\n{CARD}").verdict is Verdict.NO_CODE


def test_labels_may_be_said_again_in_english():
    text = (
        f"特种作业操作证\n姓名 Name: 王建国\n证号 Certificate No.: {SOUND_NUMBER}\n作业类别 Category: 高处作业\n"
        "操作项目 Item: 登高架设作业\n有效期限 Valid: 2024-05-10 至 2030-05-09"
    )
    card = read_card(text)
    assert (card.name, card.number, card.trade) == ("王建国", SOUND_NUMBER, "高处作业 登高架设作业")
    assert (card.validity.valid_from, card.validity.valid_to) == (date(2024, 5, 10), date(2030, 5, 9))


def test_every_number_of_several_cards_is_checked_and_a_slip_of_recognition_is_none():
    slip = SOUND_NUMBER[:9] + "8" + SOUND_NUMBER[10:]
    assert read_card(f"{CARD}\n{slip}").further_numbers == ()
    other = "T110101198512310001"
    found = {one.code for one in check(text=f"{CARD}\n证号 {other}").findings}
    assert {"number.sound", "number.check_digit", "number.several"} <= found


def test_a_paper_of_another_field_is_not_held_to_these_rules():
    text = "职业资格证书 高级技能\n姓名 王建国\n证书编号 1932000012401234\n职业名称 电工"
    assert [one.code for one in check(text=text).findings] == ["number.other_field"]


@pytest.mark.parametrize(
    "code",
    ["姓名：王建国\n编号：123", "http://cx-mem-gov.cn/q?name=王建国&t=1", "http://cx-mem-gov.cn/q?xm=%E7%8E%8B%E5%BB%BA%E5%9B%BD&t=1"],
)  # fmt: skip
def test_names_in_codes_are_masked(code):
    [target] = check(code).targets
    assert "王**" in target.text
    assert "建国" not in target.text


@pytest.mark.parametrize(
    "code", [f"姓名王建国 证号{SOUND_NUMBER}", f"http://cx-mem-gov.cn/q?no={SOUND_NUMBER}&t=20240510"]
)
def test_identity_numbers_in_codes_are_masked_and_addresses_stay(code):
    [target] = check(code).targets
    assert SOUND_NUMBER[7:15] not in target.text
    assert target.text.endswith(code[-6:]) or "t=" not in code


@given(st.text(max_size=300), st.lists(st.text(max_size=80), max_size=3))
def test_any_print_and_codes_give_one_sentence(text, codes):
    answer = check(*codes, text=text)
    assert answer.sentence.endswith("。")
