"""Labels of bodies, papers read aloud and slips beside gov: what is imitated, how, and where the tell-tale part stands."""

import pytest

from detectors.names.engine import NameMatcher
from detectors.names.hit import Technique


@pytest.mark.parametrize(
    ("host", "imitates", "technique", "written"),
    [
        ("wenshu-court.cn", "wenshu.court.gov.cn", Technique.SUB_AND_BRAND, "wenshu-court"),
        ("www.npcflk.com", "flk.npc.gov.cn", Technique.SUB_AND_BRAND, "npcflk"),
        ("ndrc-zscx.top", "www.ndrc.gov.cn", Technique.BRAND_WITH_QUERY, "ndrc-zscx"),
        ("cx.jiangsu-gvo.cc", "www.jiangsu.gov.cn", Technique.MISSPELT, "jiangsu-gvo"),
        ("yjt-zhejaing-gov.com", "www.zj.gov.cn", Technique.MISSPELT, "zhejaing-gov"),
        ("sdsyjt.cn", "", Technique.PLACE_AND_OFFICE, "sdsyjt"),
        ("zgrlosta.org.cn", "zscx.osta.org.cn", Technique.PLACE_AND_OFFICE, "zgrlosta"),
        ("my.dianlan-gongzheng-chaxun.net", "cx.mem.gov.cn", Technique.PINYIN, "dianlan-gongzheng-chaxun"),
        ("hgzchaxun.cn", "cx.mem.gov.cn", Technique.PINYIN, "hgzchaxun"),
    ],
)
def test_a_body_or_paper_is_told(
    matcher: NameMatcher, host: str, imitates: str, technique: Technique, written: str
) -> None:
    hit = matcher.match(host)[0]
    assert (hit.imitates, hit.technique, host[slice(*hit.span)]) == (imitates, technique, written)


@pytest.mark.parametrize(
    "host",
    [
        "zgrlosta.com",  # societies register below .org.cn
        "sdsyjt.com",
        "courtmarketing.com",
        "jiangsu-gvo-trading.com",
        "zhengchaxun.net.au",
        "fapiaozhengchaxun.com",  # no paper of the trade
        "sfzchaxun.com",
        "ga-wuxi.com",
    ],
)
def test_a_neighbour_of_such_a_name_is_not(matcher: NameMatcher, host: str) -> None:
    assert matcher.match(host) == ()
