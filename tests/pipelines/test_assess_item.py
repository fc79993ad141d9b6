"""Given items → observations."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import CandidateKind
from pipelines.imports.assess_item import ItemUnusable, read_item

AT = datetime(2026, 11, 22, tzinfo=UTC)


def item(read_html=lambda path: "", **given):
    return read_item(json.dumps(given, ensure_ascii=False).encode(), read_html, AT, "file:a.jsonl")


def test_a_site_with_markup():
    read = item(
        id="1", kind="site", url="HTTP://Q7.cn:80/a#x", html="<title>题</title><p>文</p>", filings=["京ICP备12345678号"]
    )
    candidate, (capture,) = read.observation.candidate, read.observation.captures
    assert (candidate.url, candidate.host, candidate.registrable_domain) == ("http://q7.cn/a", "q7.cn", "q7.cn")
    assert (capture.page.title, capture.page.text) == ("题", "文\n京ICP备12345678号")
    assert capture.page.footer.endswith("京ICP备12345678号")


def test_a_site_with_bare_text_is_a_page_too():
    page = (
        item(id=7, kind="site", url="q7.cn", title="应急管理部", text="正文\n主办单位：应急管理部")
        .observation.captures[0]
        .page
    )
    assert (page.title, page.footer) == ("应急管理部", "主办单位：应急管理部")


def test_markup_from_a_file():
    read = item(id="1", kind="site", html_path="p/1.html", read_html=lambda path: f"<title>{path}</title>")
    assert read.observation.captures[0].page.title == "p/1.html"


def test_listing_advert_and_text():
    listing = item(id="1", kind="listing", title="题", text="文", seller="某", price_text=700).observation.listing
    assert listing is not None
    assert (listing.title, listing.text, listing.seller, listing.price_text) == ("题", "文", "某", "700")
    advert = item(id="1", kind="advert", url="http://a.cn/", title="题", seller="某").observation.advert
    assert advert is not None
    assert (advert.title, advert.advertiser, advert.target_url) == ("题", "某", "http://a.cn/")
    text = item(id="1", kind="text", text="文").observation
    assert (text.text, text.candidate.kind) == ("文", CandidateKind.TEXT)


def test_pictures_are_handed_to_the_caller_and_too_many_are_said():
    assert item(id="1", kind="text", image_paths=["a.jpg"]).image_paths == ("a.jpg",)
    many = item(id="1", kind="text", image_paths=[f"{n}.jpg" for n in range(20)])
    assert len(many.image_paths) == 12
    assert [skip.cause for skip in many.skips] == ["共 20 张图片，只看了前 12 张"]


@pytest.mark.parametrize(
    "url", ["http://cx.mem.gov.cn\\@q7.cn/", "http://a b/", "ftp://x/", "http://[::", "http://" + "a" * 400 + ".cn/"]
)
def test_an_unusable_address_loses_neither_item_nor_text(url):
    observation = item(id="1", kind="site", url=url, text="正文").observation
    assert observation.candidate.host == ""
    assert observation.captures[0].page.text == "正文"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "JSON"),
        (b"\xff\xfe", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b"[1]", "对象"),
        (b'{"kind":"site","text":"x"}', "id"),
        (b'{"id":true,"kind":"site","text":"x"}', "id"),
        (b'{"id":"1","kind":"shop","text":"x"}', "kind"),
        (b'{"id":"1","kind":"text","text":["x"]}', "text"),
        (b'{"id":"1","kind":"text","text":"x","filings":[1]}', "filings"),
        (b'{"id":"1","kind":"text"}', "没有可供判断的内容"),
    ],
)
def test_what_cannot_be_judged_says_why(line, reason):
    with pytest.raises(ItemUnusable, match=reason):
        read_item(line, lambda path: "", AT, "x")


def test_a_missing_file_is_named():
    def read(path: str) -> str:
        raise FileNotFoundError(2, "No such file", path)

    with pytest.raises(ItemUnusable, match=r"gone\.html"):
        item(read, id="1", kind="site", html_path="gone.html")


@given(
    st.dictionaries(
        st.sampled_from(["id", "kind", "url", "title", "text", "html", "filings", "image_paths"]),
        st.one_of(
            st.text(max_size=30),
            st.integers(),
            st.none(),
            st.lists(st.text(max_size=5), max_size=2),
            st.sampled_from(["site", "listing", "app"]),
        ),
    )
)
def test_any_object_is_an_item_or_a_reason(given):
    try:
        read_item(json.dumps(given).encode(), lambda path: "", AT, "x")
    except ItemUnusable as error:
        assert str(error)
