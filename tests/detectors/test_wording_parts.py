import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.wording import contacts, prices
from detectors.wording.contacts import ContactKind, find_contacts
from detectors.wording.passages import Part, windows
from detectors.wording.prices import chinese_number, find_prices
from keywords.fold import fold


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("199(电)0000(溦)0001", ContactKind.MOBILE, "19900000001"),
        ("一三八零零一三八零零零 微电同号", ContactKind.MOBILE, "13800138000"),
        ("1 3 8★0 0 1 3★8 0 0 0", ContactKind.MOBILE, "13800138000"),
        ("联系我13８电0013联8000", ContactKind.MOBILE, "13800138000"),
        ("加微 lx8899zz", ContactKind.WECHAT, "lx8899zz"),
        ("Ⓥ信：zhengjian01", ContactKind.WECHAT, "zhengjian01"),
        ("卫星：abc_998877", ContactKind.WECHAT, "abc_998877"),
        ("联系：zhang88（微）", ContactKind.WECHAT, "zhang88"),
        ("abc_12345 (V同号)", ContactKind.WECHAT, "abc_12345"),
        ("Q 3322114455", ContactKind.QQ, "3322114455"),
        ("➕🐧 88776655", ContactKind.QQ, "88776655"),
        ("TG @abcde99", ContactKind.TELEGRAM, "abcde99"),
        ("咨询电话0518-85881234", ContactKind.LANDLINE, "051885881234"),
    ],
)
def test_contact_is_found(text: str, kind: ContactKind, value: str) -> None:
    (found,) = find_contacts(fold(text).text)
    assert (found.kind, found.value) == (kind, value)
    assert value not in found.masked


_PRICED = (
    "0",
    "1",
    "7",
    "25",
    "三",
    "千",
    "百",
    "八",
    "两",
    "万",
    "元",
    "块",
    "¥",
    "rmb",
    "只要",
    "包",
    "过",
    "一",
    "本",
    "/",
    "全包",
    " ",
    ",",
    "-",
    "\n",
    "工地",
    "搞定",
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_PRICED), max_size=60).map("".join))
def test_long_texts_hold_the_prices_of_short_ones(text: str) -> None:
    folded = fold(text).text
    assert len(folded) < prices._LONG
    assert find_prices(f"{folded}{'国' * prices._LONG}") == find_prices(f"{folded}国")


_CALLED = (
    "13800138000", "1", "38", "00138000", "1(电)3(溦话)8()00138(a)000", "1。38", "0", "010-62345678", "(0531) 82345678", "400-123-4567",
    "8008101234", "\n", "微信", "加我", "qq", "tg", ":", "ab", "c_1-x", "abc12345", "12345", "2026-03-12", "电", "山", " ", ")", "(",
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(_CALLED), max_size=40).map("".join))
def test_long_texts_hold_the_contacts_of_short_ones(text: str) -> None:
    """Long texts are looked through first for where contacts may begin; short ones are searched at once."""
    short = text[: contacts.LONG - 1]
    assert find_contacts(short + "\n" + contacts.LONG * "山") == find_contacts(short)


@pytest.mark.parametrize(
    "text",
    [
        "举报电话0518-85881234",
        "身份证320723199001011234",
        "微信公众号：国家安全生产考试",
        "2024年7月4日印发",
        "12350",
        "T320723199001011234",
        "看这个 website（微博）",
        "zhang88（vip）",
    ],
)
def test_no_contact(text: str) -> None:
    assert find_contacts(fold(text).text) == ()


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("500元", 500, 500),
        ("￥1,280", 1280, 1280),
        ("500-800元", 500, 800),
        ("500到700块", 500, 700),
        ("1.5万", 15000, 15000),
        ("三千八", 3800, 3800),
        ("价格：九百八", 980, 980),
        ("两百块", 200, 200),
        ("几百元", 100, 999),
        ("300一本", 300, 300),
        ("仅需680", 680, 680),
        ("1.2w", 12000, 12000),
    ],
)
def test_price_is_read(text: str, low: float, high: float) -> None:
    (price,) = find_prices(fold(text).text)
    assert (price.low, price.high) == (low, high)


@pytest.mark.parametrize("text", ["2024年5月", "10人起", "3-5天", "15天", "一条龙", "二十四小时"])
def test_no_price(text: str) -> None:
    assert find_prices(fold(text).text) == ()


@given(st.integers(1, 9999))
def test_chinese_numerals(value: int) -> None:
    digits = "零一二三四五六七八九"
    thousands, hundreds, tens, ones = (value // n % 10 for n in (1000, 100, 10, 1))
    parts = [digits[n] + unit for n, unit in ((thousands, "千"), (hundreds, "百"), (tens, "十")) if n]
    written = "".join(parts) + (("零" if parts and not tens else "") + digits[ones] if ones else "")
    assert chinese_number(written) == value


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for price in find_prices(text):
        assert 0 < price.low <= price.high
    for contact in find_contacts(text):
        assert contact.start < contact.end


_WORDS = [
    "价格", "售价", "只要", "仅需", "一口价", "一本证", "每人收", "定金", "全包", "搞定", "拿下", "包过", "人民币", "10人", "优惠价是", "到",
    "至", "138", "0518-", "400-", "qq", "扣扣", "企鹅", "tg", "telegram", "t.me/", "电报",
]  # fmt: skip
_CHARS = "0123456789,.-—~:：¥￥零一二两三四五六七八九十百千万wkrmb元块圆多几左右来 \n/。本张好的"
_PIECES = st.lists(st.sampled_from([*_CHARS, *_WORDS]), max_size=30).map("".join)


@given(_PIECES)
@settings(max_examples=600)
def test_prices_are_read_as_over_the_whole_text(text: str) -> None:
    found = [found.span() for found in prices._PRICE.finditer(text) if prices._price(found)]
    assert [match.span() for match in prices._all(text) if prices._price(match)] == found
    assert len(find_prices(text)) >= len(found)


@given(_PIECES)
@settings(max_examples=300)
def test_contacts_begin_where_nothing_of_them_stands_before(text: str) -> None:
    told_first = (
        (contacts._MOBILE, rf"(?<!\d)1{contacts._FILLER}[3-9](?:{contacts._FILLER}\d){{9}}(?!\d)"),
        (contacts._LANDLINE, r"(?<!\d)(?:0(?:10|2\d|[3-9]\d{2})[-) ]?[2-8]\d{6,7}|[48]00-?\d{3}-?\d{4})(?!\d)"),
        (contacts._QQ, rf"(?<![a-z])(?:qq|扣扣|企鹅){contacts._JOIN}(?P<id>[1-9]\d{{4,10}})(?!\d)"),
        (
            contacts._TELEGRAM,
            r"(?:(?<![a-z])(?:tg|telegram)|电报|飞机号?|t\.me/)[\s:：@号』」】)—-]{0,6}([a-z][a-z0-9_]{4,31})",
        ),
    )
    for pattern, plainly in told_first:
        assert [one.span() for one in pattern.finditer(text)] == [one.span() for one in re.finditer(plainly, text)]


@pytest.mark.parametrize("piece", ["元", " ", "5", "一", "5元", "价格 ", "12 "])
def test_prices_are_read_in_linear_time(piece: str) -> None:
    assert len(find_prices(piece * (200_000 // len(piece)))) < 200_000


def test_long_text_is_read_to_the_end() -> None:
    text = "天气很好。" * 90_000
    pieces = list(windows((Part("title", "标题"), Part("text", text))))
    assert all(piece[0].text == "标题" for piece in pieces)
    assert {part.text for piece in pieces for part in piece[1:]} and pieces[-1][-1].text.endswith(text[-1_000:])
    assert sum(len(piece[1].text) for piece in pieces) >= len(text)


def test_short_text_is_read_whole() -> None:
    parts = (Part("title", "标题"), Part("text", "电工证"))
    assert list(windows(parts)) == [parts]
