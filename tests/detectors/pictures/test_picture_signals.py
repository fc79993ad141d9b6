"""Pictures of a page or listing, judged with the rest."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import Code, Picture, Skip
from detectors.pictures.codes import PictureCodesDetector
from detectors.pictures.printed_text import ReadsPictures
from detectors.registry import Knowledge, build_detectors
from detectors.runner import judge
from detectors.wording import OfferDetector
from keywords.loader import load_lexicon
from keywords.roster import load_roster
from tests.builders import a_listing

ROSTER = load_roster()
CODES = PictureCodesDetector(ROSTER)
WORDS = ReadsPictures(OfferDetector(load_lexicon()))
ADVERT = "电工证 焊工证\n不用考试 官网可查\n微信 dgz8899123"


def shown(*pictures, title="详情见图", text=""):
    return replace(a_listing(title, text), pictures=pictures)


def picture(*codes, text=""):
    return Picture(where="a.jpg", codes=tuple(Code(text=one) for one in codes), text=text)


def test_a_listing_that_is_only_a_picture_is_judged_like_text():
    detectors = build_detectors(Knowledge(roster=ROSTER, lexicon=load_lexicon()))
    assert judge(shown(), detectors).score_permille == 0
    by_picture = judge(shown(picture(text=ADVERT)), detectors)
    by_text = judge(shown(text=ADVERT), detectors)
    assert by_picture.score_permille == by_text.score_permille >= 700


def test_a_quote_from_a_picture_says_so_and_one_from_the_words_does_not():
    signals = WORDS.examine(shown(picture(text="不用考试 三天出证 加微信 dgz8899123"), title="电工证 包过"))
    places = {one.code: one.quotes[0].where for one in signals}
    assert places["offer.no_exam"] == "image"
    assert places["offer.guaranteed_pass"] == "listing"


def test_without_print_the_words_are_read_as_ever():
    observation = shown(picture("http://a.cn/"), title="电工证 包过 加微信 dgz8899123")
    assert WORDS.examine(observation) == WORDS.examine(replace(observation, pictures=()))


@pytest.mark.parametrize(
    ("seen", "codes"),
    [
        (picture("http://cx-mem-gov.cn/q"), {"code.leads_to_lookalike"}),
        (picture("https://u.wechat.com/EAA"), {"code.private_contact"}),
        (picture("https://cx.mem.gov.cn/"), set()),
        (picture("http://a1ylhsk.cn/q"), set()),
        (picture("http://a1ylhsk.cn/q", text="特种作业操作证\n姓名 王建国\n证号 T320723"), {"code.on_certificate"}),
        (picture("http://t.cn/A6x", text="特种作业操作证\n姓名 王建国\n证号 T320723"), {"code.on_certificate"}),
        (picture("plain data"), set()),
    ],
)
def test_what_codes_say(seen, codes):
    assert {one.code for one in CODES.examine(shown(seen))} == codes


def test_a_page_with_a_code_of_its_own_address_says_nothing_by_it():
    observation = shown(picture("http://cx-mem-gov.cn/q"))
    own = replace(observation, candidate=replace(observation.candidate, host="cx-mem-gov.cn"))
    assert CODES.examine(own) == ()


def test_no_picture_and_no_readable_picture_are_skips_not_silence():
    assert isinstance(CODES.examine(shown()), Skip)
    broken = CODES.examine(shown(Picture(where="a.jpg", failure="文件是空的")))
    assert isinstance(broken, Skip)
    assert "文件是空的" in broken.cause


@given(st.lists(st.builds(picture, st.text(max_size=60), text=st.text(max_size=200)), max_size=3))
def test_any_pictures_are_examined_without_a_fault(pictures):
    observation = shown(*pictures)
    CODES.examine(observation)
    WORDS.examine(observation)
