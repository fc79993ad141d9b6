"""Filing numbers as real footers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.filings.letters import same_letter
from detectors.filings.numbers import FilingKind, filings_in, filings_on, main_number, site_reports
from detectors.model import Image, Link, PageContent


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("皖ICP备13002621号-1", "皖ICP备13002621号-1"),
        ("沪ICP备2022005074号-17", "沪ICP备2022005074号-17"),
        ("备案号：京ICP备2022034770号-6X", "京ICP备2022034770号-6X"),
        ("蜀 ICP 备 10014763 号", "蜀ICP备10014763号"),
        ("陇ＩＣＰ备１２００１２３４号－２", "陇ICP备12001234号-2"),
        ("黔icp备12001234号", "黔ICP备12001234号"),
        ("苏ICP備12001234號", "苏ICP备12001234号"),
        ("蘇ICP備12001234號-1", "苏ICP备12001234号-1"),
        ("苏 I C P 备 1 2 0 0 1 2 3 4 号 - 1", "苏ICP备12001234号-1"),
        ("苏I.C.P.备12001234号", "苏ICP备12001234号"),
        ("苏\u200bICP备\u200b12001234号\u20111", "苏ICP备12001234号-1"),
        ("苏ICP备案号：12001234号-2", "苏ICP备12001234号-2"),
        ("苏ICP备字第12001234号", "苏ICP备12001234号"),
        ("苏ICP备\n12001234号", "苏ICP备12001234号"),
        ("苏ICP备12001234号-1苏公网安备32070602000123号", "苏ICP备12001234号-1"),
        ("苏ICP备12001234号-1 0518-88812345", "苏ICP备12001234号-1"),
        ("苏ICP备12001234号 2015-2024", "苏ICP备12001234号"),
        ("江苏ICP备12001234号", "苏ICP备12001234号"),
        ("滇ICP备12001234", "滇ICP备12001234号"),
        ("版权所有琼ICP备12001234号-3A", "琼ICP备12001234号-3A"),
        ("ICP证：浙ICP备05012345号", "浙ICP备05012345号"),
        ("黑ICP备(2021)001234号", "黑ICP备2021001234号"),
        ("黑ICP备[2021] 001234号-2", "黑ICP备2021001234号-2"),
        ("苏ICP备12001234号 —— 8", "苏ICP备12001234号-8"),
        ("鄂 ICP 备 案 号 2021001234-1", "鄂ICP备2021001234号-1"),
        ("苏ICP备【12001234】号-1", "苏ICP备12001234号-1"),
        ("苏·ICP备12001234号", "苏ICP备12001234号"),
        ("苏.ICP备12001234号", "苏ICP备12001234号"),
        ("（苏）ICP备12001234号", "苏ICP备12001234号"),
        ("苏ICP备20 21001234号", "苏ICP备2021001234号"),
        ("苏ICP备2021-001234号-3", "苏ICP备2021001234号-3"),
        ("苏ICP备②〇②①001234号", "苏ICP备2021001234号"),
        ("苏ⅠCP备12001234号", "苏ICP备12001234号"),
        ("苏ⓘⓒⓟ备12001234号", "苏ICP备12001234号"),
        ("苏ІСР备12001234号", "苏ICP备12001234号"),
        ("苏-ICP备-12001234号-1", "苏ICP备12001234号-1"),
        ("苏ICP备 2023 0012 34 号", "苏ICP备2023001234号"),
        ("苏ICP备20230012 34号-2", "苏ICP备2023001234号-2"),
        ("苏ICP备二零二三〇〇一二三四号", "苏ICP备2023001234号"),
        ("苏ICP备12001234号一2", "苏ICP备12001234号-2"),
    ],
)
def test_well_formed_filings(text, number):
    (found,) = [one for one in filings_in(text) if one.kind is FilingKind.ICP]
    assert found.number == number
    assert not found.is_malformed
    assert not found.is_parody


@pytest.mark.parametrize(
    "text", ["京ICP10036469号", "黑ICP010010-2", "ICP备12345678号", "京ICP备123号", "京ICP备12345678901号"]
)
def test_odd_filings_are_malformed_and_no_more(text):
    (found,) = filings_in(text)
    assert (found.kind, found.is_malformed, found.is_parody) == (FilingKind.ICP, True, False)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("京ICP10036469号", "缺“备”字"),
        ("京ICP-10036469号", "缺“备”字"),
        ("ICP备12345678号", "没有省份简称"),
        ("国ICP备12001234号", "“国”不是省份简称"),
        ("广东ICP备05001234号", "省份没有写简称"),
        ("苏lCP备12001234号", "“ICP”写法不符"),
        ("苏备12001234号-1", "缺“ICP”字样"),
        ("京ICP备00000000号", "像是示例或被遮盖的号码"),
        ("京ICP备XXXXXXXX号-1", "像是示例或被遮盖的号码"),
        ("京ICP备2026XXXXXXXX号", "像是示例或被遮盖的号码"),
        ("皖ICP备17023***号", "像是示例或被遮盖的号码"),
        ("京ICP备123号", "数字有 3 位"),
        ("京ICP备2O23OO1234号", "数字中混有字母"),
        ("京ICP备2099012345号", "年份不可能"),
    ],
)
def test_what_is_odd_is_said(text, fault):
    (found,) = filings_in(text)
    assert (found.kind, found.fault) == (FilingKind.ICP, fault)


@pytest.mark.parametrize(
    "text", ["川公网安备 5109 0302 000210号", "川公网安备【51090302000210】号", "川公網安備（51090302000210）號"]
)
def test_police_filings_in_groups_and_brackets(text):
    (found,) = filings_in(text)
    assert (found.kind, found.number, found.is_malformed) == (FilingKind.POLICE, "51090302000210", False)


@pytest.mark.parametrize(
    "text",
    [
        "网站标识码[3207230001]",
        "政府网站标识码（3207230001）",
        "网站识别码：3207 2300 01",
        "标识码为：3207230001",
        "网站标识码号：3207230001",
        "政府网站 标识码 | 3207230001",
    ],
)
def test_site_codes_as_offices_write_them(text):
    (found,) = filings_in(text)
    assert (found.kind, found.number, found.is_malformed) == (FilingKind.SITE_CODE, "3207230001", False)


@pytest.mark.parametrize("text", ["商品标识码：6901234567892", "设备识别码 1234567890", "学籍标识码：3207230001"])
def test_codes_of_other_things_are_no_site_codes(text):
    assert filings_in(text) == ()


@pytest.mark.parametrize("text", ["萌ICP备APTX4869号", "云团子ICP备20240001号", "萌公网安备 20257012号"])
def test_more_parodies(text):
    (found,) = filings_in(text)
    assert found.is_parody
    assert text.startswith(found.written[:2])


@pytest.mark.parametrize("text", ["萌ICP备20257012号", "茶ICP备2024000123号", "喵 ICP 备 20230001 号"])
def test_parodies(text):
    assert [one.is_parody for one in filings_in(text)] == [True]


@pytest.mark.parametrize(
    "url",
    [
        "https://icp.yuncheng.fun/id.php?keyword=20241025",
        "https://icp.redcha.cn/beian/ICP-2024.html",
        "https://icp.gov.moe/",
    ],
)
def test_joke_registries_are_known_by_their_addresses(url):
    assert [one.is_parody for one in filings_on(PageContent(links=(Link(url=url),)))] == [True]


@pytest.mark.parametrize(
    "url", ["https://beian.miit.gov.cn/", "https://icp.chinaz.com/a.cn", "http://www.beian.gov.cn/?keyword=12345678"]
)
def test_real_registries_and_their_mirrors_are_no_joke(url):
    assert filings_on(PageContent(links=(Link(url=url),))) == ()


def test_parody_link():
    page = PageContent(links=(Link(url="https://icp.gov.moe/?keyword=20257012", text="备案"),))
    assert [one.is_parody for one in filings_on(page)] == [True]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("京ICP证030173号", "京ICP证030173号"),
        ("粤B2-20090059", "粤B2-20090059"),
        ("增值电信业务经营许可证：合字B2-20190012", "合字B2-20190012"),
        ("粤B2-20090059-1626X", "粤B2-20090059-1626X"),
        ("B1-20201234", "B1-20201234"),
        ("京ICP证B2-20171701号", "京B2-20171701"),
        ("ICP证书号: 合字 B2-20250310", "合字B2-20250310"),
        ("增值电信业务经营许可证 B1.B2-20201234", "B1.B2-20201234"),
        ("沪B2-20080046-1", "沪B2-20080046-1"),
    ],
)
def test_licences_are_another_thing(text, number):
    (found,) = filings_in(text)
    assert (found.kind, found.number, found.is_malformed) == (FilingKind.LICENCE, number, False)


@pytest.mark.parametrize(
    ("text", "number", "is_malformed"),
    [
        ("浙公网安备 33060202000394号", "33060202000394", False),
        ("川公网安备51090302000210号", "51090302000210", False),
        ("京公网安备 11040102700072 号", "11040102700072", False),
        ("京 公 网 安 备（11010202007633）号", "11010202007633", False),
        ("公网安备123号", "123", True),
        ("冀公网安备： 13030202002230", "13030202002230", False),
        ("京公网安备110105020 12345号", "11010502012345", False),
        ("（京）公网安备 1101050201234 5 号", "11010502012345", False),
        ("苏公网備 ３２０１０５０２０１０１２３ 號", "32010502010123", False),
        ("公安机关备案号：43010302000524", "43010302000524", False),
        ("郑公备：41010029000130", "41010029000130", False),
        ("连公网监备32070502010099号", "32070502010099", False),
        ("甘公网安备 62010202001234号", "62010202001234", False),
        ("苏公网安备 11010502000728号", "11010502000728", True),
        ("联网备案号：沪公网安31011002005473号", "31011002005473", False),
        ("宜网备案号：51150002020011", "51150002020011", False),
        ("文保网安备案号:1101080025", "1101080025", True),
        ("沪公安备：31010102045442号", "31010102045442", False),
        ("京公网安备XXXXXXXXXXXXXX号", "XXXXXXXXXXXXXX", True),
    ],
)
def test_police_filings(text, number, is_malformed):
    (found,) = filings_in(text)
    assert (found.kind, found.number, found.is_malformed) == (FilingKind.POLICE, number, is_malformed)


@pytest.mark.parametrize(
    ("text", "code", "is_malformed"),
    [
        ("网站标识码：bm07000001", "bm07000001", False),
        ("网站标识码 1200000052", "1200000052", False),
        ("政府网站标识码：4403000002", "4403000002", False),
        ("网站标识码:310000000044", "310000000044", True),
        ("网站识别码：bm56000001 京ICP备05035542号", "bm56000001", False),
        ("网站标识码： bm12000003ICP", "bm12000003", False),
        ("网站标识码：32 0723 0003", "3207230003", False),
        ("网站标识码:bm 3200 0001", "bm32000001", False),
        ("标识码：bm236554412", "bm236554412", True),
    ],
)
def test_site_codes(text, code, is_malformed):
    (found,) = [one for one in filings_in(text) if one.kind is FilingKind.SITE_CODE]
    assert (found.kind, found.number, found.is_malformed) == (FilingKind.SITE_CODE, code, is_malformed)


def test_numbers_in_links_and_pictures():
    page = PageContent(
        links=(
            Link(url="https://bszs.conac.cn/sitename?method=show&id=5A1C0F6E9B2D4C7E8F00112233445566"),
            Link(url="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=33060202000394"),
            Link(url="https://beian.mps.gov.cn/#/query/webSearch?code=15010502001696"),
            Link(
                url="https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code=3200000084&url=http%3A%2F%2Fwww.jiangsu.gov.cn%2F"
            ),
        ),
        images=(Image(url="http://a.cn/b.png", alt="苏ICP备05009012号"),),
        metas=(("siteidcode", "3200000084"),),
    )
    kinds = sorted((one.kind.value, one.number) for one in filings_on(page))
    assert kinds == [
        ("badge", "5A1C0F6E9B2D4C7E8F00112233445566"),
        ("icp", "苏ICP备05009012号"),
        ("police", "15010502001696"),
        ("police", "33060202000394"),
        ("site_code", "3200000084"),
    ]
    (report,) = site_reports(page)
    assert (report.site_code, report.host) == ("3200000084", "www.jiangsu.gov.cn")


@pytest.mark.parametrize(
    ("markup", "number"),
    [
        (
            '<a href="https://beian.miit.gov.cn/" title="苏ICP备12001234号-1"><img src="i.png"></a>',
            "苏ICP备12001234号-1",
        ),
        ('<div class=foot data-icp="粤ICP备19001234号"></div>', "粤ICP备19001234号"),
        ("<span aria-label='浙ICP备16028765号-5'></span>", "浙ICP备16028765号-5"),
        ('<meta name="icp" content="川ICP备12001234号">', "川ICP备12001234号"),
        ("<input type=hidden name=beian value=桂ICP备12001234号>", "桂ICP备12001234号"),
        ('<a data-tip="京公网安备 11010502012345号"></a>', "11010502012345"),
    ],
)
def test_numbers_in_attributes(markup, number):
    assert [one.number for one in filings_on(PageContent(), f"<html><body>{markup}</body></html>")] == [number]


@pytest.mark.parametrize(
    "markup",
    ["<!-- 苏ICP备12001234号 -->", "<p>1 < 2 苏ICP备12001234号</p>", "<script>var a = '苏ICP备12001234号'</script>"],
)
def test_a_number_in_no_attribute_is_left_to_the_text(markup):
    assert filings_on(PageContent(), markup) == ()


def test_attributes_without_end_are_left_in_time():
    assert len(filings_on(PageContent(), "<a title='苏ICP备12001234号" * 50_000)) == 1


MARKUP = """
<a href="javascript:void(0)" onclick="OpenUrl('http://bszs.conac.cn/sitename?method=show&amp;id=33B99A8643E24B72E053022819AC32CC')"><img></a>
<a onclick="OpenUrl('http://121.43.68.40/exposure/jiucuo.html?site_code=4412910008&url=http%3A%2F%2Fwww.zqgx.gov.cn%2F')">x</a>
<script id="_jiucuo_" sitecode='bm17000009' src='https://zfwzgl.www.gov.cn/exposure/jiucuo.js'></script>
<script src="//dcs.conac.cn/js/33/000/0000/60425889/CA330000000604258890010.js"></script>
"""


def test_numbers_that_only_scripts_and_handlers_name():
    kinds = {(one.kind, one.number) for one in filings_on(PageContent(), MARKUP)}
    assert kinds == {
        (FilingKind.BADGE, "33B99A8643E24B72E053022819AC32CC"),
        (FilingKind.BADGE, "CA330000000604258890010"),
        (FilingKind.SITE_CODE, "bm17000009"),
    }
    assert [(one.site_code, one.host) for one in site_reports(PageContent(), MARKUP)] == [
        ("4412910008", "www.zqgx.gov.cn")
    ]


@pytest.mark.parametrize(
    "name", ["苏ICP备12001234号-1.png", "%E8%8B%8FICP%E5%A4%8712001234%E5%8F%B7-1.jpg?x=1", "苏ICP备12001234号-1"]
)
def test_numbers_in_names_of_image_files(name):
    page = PageContent(images=(Image(url=f"http://a.cn/images/{name}"),))
    assert [one.number for one in filings_on(page)] == ["苏ICP备12001234号-1"]


def test_a_long_article_may_quote_anybodys_number():
    text = "开头\n" + "正文。" * 1000 + "京ICP备05000001号" + "正文。" * 3000 + "\n苏ICP备12001234号"
    assert [one.number for one in filings_on(PageContent(text=text))] == ["苏ICP备12001234号"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("京ICP10036469号", "京ICP备10036469号-1"),
        ("川ICP备12001234号", "蜀ICP备12001234号-6X"),
        ("粤B2-20090059", "粤B2-20090059-1626X"),
        ("京ICP证030173号", "京ICP证030173号-1"),
    ],
)
def test_one_holder_has_one_main_number(one, other):
    assert main_number(one) == main_number(other)


@pytest.mark.parametrize(
    "text",
    [
        "座位 B2-20240101 已售",
        "产品型号 A1-20230101，请认准",
        "MICP备份20240101",
        "新ICP备案管理系统说明书",
        "公安备案须知 2024",
    ],
)
def test_look_alikes_are_none(text):
    assert filings_in(text) == ()


@pytest.mark.parametrize("text", ["请拨打 12350", "版本 B2-1", "TCP备用线路12345678", "", "ICP许可说明"])
def test_other_numbers_are_none(text):
    assert filings_in(text) == ()


_DIGITS = st.integers(min_value=0, max_value=10**8 - 1).map("{:08d}".format)


@given(
    st.sampled_from("京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼蜀黔滇藏陕陇甘青宁新"),
    _DIGITS,
    st.sampled_from(["", " ", "　"]),
    st.integers(1, 9999),
)
def test_every_province_however_spaced(province, digits, blank, serial):
    text = blank.join((f"技术支持：某公司 {province}", "ICP", "备", digits, "号", "-")) + str(serial)
    (found,) = filings_in(text)
    assert found.number == f"{province}ICP备{digits}号-{serial}"
    assert main_number(found.number) == f"{same_letter(province)}ICP备{digits}"


@given(st.text(alphabet="京ICP备号公网安标识码B2-１2 :：()（）\n萌证", max_size=200))
def test_any_text_is_searched(text):
    for one in filings_in(text):
        assert one.written
        assert one.start <= len(text)


_ADDRESS_PIECES = st.sampled_from(
    ["//bszs.conac.cn/sitename?", "id=", "A1" * 16, "jiucuo.html?", "site_code=", "url=http%3A%2F%2F", "_jiucuo_", "sitecode='",
     "//beian.mps.gov.cn/#/query/webSearch?code=", "http:", "http://[", "%E8%8B", "&amp;", "\"", "'", " ", "<", ">", "12345678901234", "\ud800"]
)  # fmt: skip


@given(st.lists(_ADDRESS_PIECES, max_size=40).map("".join))
def test_any_markup_is_searched(html):
    for one in filings_on(PageContent(links=(Link(url=html[:200]),), images=(Image(url=html[:200]),)), html):
        assert one.number
    for report in site_reports(PageContent(), html):
        assert report.site_code or report.host
