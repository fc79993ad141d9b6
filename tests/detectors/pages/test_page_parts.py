"""The pure parts of the page room: pieces, likeness, scripts, script forms, archives."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from detectors.model import Field, Form, PageContent
from detectors.pages.bodies import is_generic
from detectors.pages.copies import archived_original
from detectors.pages.likeness import bits_apart, icon_bytes_in, picture_hash
from detectors.pages.remembered import Remembered
from detectors.pages.scripted import with_scripted
from detectors.pages.shingles import ShingleIndex, count_of, tag_pieces, text_pieces
from detectors.pages.simplified import in_simplified
from keywords.roster import load_roster
from tests.builders import a_capture

ROSTER = load_roster()
TEXT = "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台，请选择证件类型，请输入证件号码、姓名和验证码。"


def picture(seed: int, size: tuple[int, int] = (120, 90), form: str = "PNG") -> bytes:
    noise = np.random.default_rng(seed).integers(0, 255, (9, 12), dtype=np.uint8)
    drawn = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    content = io.BytesIO()
    drawn.save(content, form)
    return content.getvalue()


@given(st.lists(st.text(max_size=60), max_size=5), st.text(max_size=60))
def test_shared_pieces_are_those_of_both(originals, text):
    index = ShingleIndex([text_pieces(one) for one in originals])
    pieces = text_pieces(text)
    wanted = [len(np.intersect1d(text_pieces(one), pieces)) for one in originals]
    assert index.shared(pieces).tolist() == wanted
    assert all(count <= count_of(pieces) for count in wanted)


def test_blanks_punctuation_and_full_width_letters_make_no_other_pieces():
    assert set(text_pieces("特种 作业，操作证ABC").tolist()) == set(text_pieces("特种作业操作证ＡＢＣ").tolist())


@given(st.text(max_size=400))
def test_any_markup_has_pieces(html):
    assert len(tag_pieces(html)) <= html.count("<")


@given(st.binary(max_size=300))
def test_any_bytes_have_a_picture_hash_or_none(content):
    assert len(picture_hash(content)) in (0, 64)
    assert picture_hash(b"\x89PNG\r\n\x1a\n" + content) == ""


def test_the_same_picture_in_another_size_and_format_is_near_another_is_far():
    one = picture_hash(picture(1))
    assert bits_apart(one, picture_hash(picture(1, (240, 180), "JPEG"))) <= 20
    assert bits_apart(one, picture_hash(picture(2))) > 60


def test_an_even_picture_a_cut_one_and_a_huge_one_have_no_hash():
    even = io.BytesIO()
    Image.new("RGB", (50, 50), "white").save(even, "PNG")
    assert picture_hash(even.getvalue()) == ""
    assert picture_hash(picture(1)[:60]) == ""
    huge = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(huge, "PNG")
    assert picture_hash(huge.getvalue()) == ""
    assert bits_apart("", "") == 256


def test_an_icon_in_the_markup_is_read():
    assert icon_bytes_in('<link rel="icon" href="data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==">').startswith(
        b"\x89PNG"
    )
    assert icon_bytes_in('<link rel="icon" href="/favicon.ico">') == b""


@pytest.mark.parametrize(
    "script",
    [
        """document.write('<input placeholder="请输入证件号码"><button>查询</button>')""",
        r"""document.write("<input placeholder=\"\u8bf7\u8f93\u5165\u8bc1\u4ef6\u53f7\u7801\"><button>\u67e5\u8be2</button>")""",
        """x.innerHTML=decodeURIComponent("%3Cinput%20placeholder%3D%E8%AF%B7%E8%BE%93%E5%85%A5%E8%AF%81%E4%BB%B6%E5%8F%B7%E7%A0%81%3E")""",
        """var fields=["请输入证件号码"],button="查询";""",
    ],
)
def test_fields_that_scripts_draw_are_fields(script):
    page = with_scripted(PageContent(), f"<div id=app></div><script>{script}</script>", "http://q7.cn/")
    assert [field.placeholder for form in page.forms for field in form.fields] == ["请输入证件号码"]


def test_messages_of_scripts_beside_a_page_of_its_own_are_not_text():
    page = PageContent(text="企业简介" * 200)
    assert with_scripted(page, "<script>var m='请输入姓名';alert(m)</script>", "http://q7.cn/") is page


def test_an_escaped_character_takes_four_digits_and_no_fifth():
    html = r"""<script>document.write("\u82cfICP\u59072021001234\u53f7")</script>"""
    assert with_scripted(PageContent(), html, "http://q7.cn/").text == "苏ICP备2021001234号"


def test_a_title_set_by_script_replaces_an_empty_one_only():
    html = "<script>document.title='应急管理部证书查询'</script>"
    assert with_scripted(PageContent(title="loading"), html, "").title == "应急管理部证书查询"
    assert with_scripted(PageContent(title="某某公司"), html, "").title == "某某公司"


@given(st.text(alphabet="\\\"'`<>u8bc1%E4atob()script证请输入=;/\n ", max_size=200))
def test_any_script_is_read(script):
    with_scripted(PageContent(), f"<script>{script}", "http://q7.cn/")


@given(st.text(max_size=200))
def test_simplified_text_keeps_its_length(text):
    page = PageContent(title="特種作業證書", text=text, forms=(Form(fields=(Field(label="證件號碼"),)),))
    simple = in_simplified(page)
    assert len(simple.text) == len(text)
    assert simple.forms[0].fields[0].label == "证件号码"


def test_a_page_in_simplified_script_stays_itself():
    page = PageContent(title="特种作业操作证查询", text=TEXT)
    assert in_simplified(page) is page


@pytest.mark.parametrize(
    ("url", "original"),
    [
        ("https://web.archive.org/web/2023/http://www.mem.gov.cn/", "www.mem.gov.cn"),
        ("https://archive.ph/Ab1Cd", "archive.ph"),
        ("https://webcache.googleusercontent.com/search?q=cache:cx.mem.gov.cn", "cx.mem.gov.cn"),
        ("http://web-archive.org.cn/web/20230101/https://cx.mem.gov.cn/", ""),
        ("http://q7.cn/archive.ph/", ""),
        ("not a url [", ""),
    ],
)
def test_known_archives_need_no_label_and_others_do(url, original):
    assert archived_original(a_capture(url, "查询", "特种作业操作证查询", ""), ROSTER) == original


def test_answers_are_kept_for_the_very_same_value():
    asked = []
    answer = Remembered(lambda value: asked.append(value) or len(asked))
    one, twin = PageContent(title="一"), PageContent(title="一")
    assert (answer(one), answer(one), answer(twin)) == (1, 1, 2)


def test_generic_names_are_told_however_long():
    assert is_generic("操作证" * 5_000)
    assert not is_generic("操作证" * 5_000 + "厶")
