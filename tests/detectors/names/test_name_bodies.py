"""Labels of bodies, papers read aloud and slips beside gov: what is imitated, how, and where the tell-tale part stands."""

import pytest

from detectors.names.engine import NameMatcher
from detectors.names.hit import Technique
from keywords.hosts import canonical_host


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
        ("shhxf119.cn", "shhxf.119.gov.cn", Technique.SUB_AND_BRAND, "shhxf119"),
        ("creditchina-query.cn", "www.creditchina.gov.cn", Technique.BRAND_WITH_QUERY, "creditchina-query"),
        ("beian-miiit.com", "beian.miit.gov.cn", Technique.MISSPELT, "beian-miiit"),
        ("beian-mitt-gov.com", "beian.miit.gov.cn", Technique.MISSPELT, "beian-mitt-gov"),
        ("osat.org.cn", "www.osta.org.cn", Technique.MISSPELT, "osat"),
        ("chsl.com.cn", "www.chsi.com.cn", Technique.MISSPELT, "chsl"),
        ("icpbeianchaxun-gov.com", "", Technique.GOV_LABEL, "icpbeianchaxun-gov"),
        ("guojiaqiyexinyong.com", "www.gsxt.gov.cn", Technique.PINYIN, "guojiaqiyexinyong"),
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
        "gab122.com",
        "mengov.cn",  # like lingov.cn a name of its own: nobody slips from mem to a syllable
        "mohrsson.com",
        "mohrssen.net",
        "mohurdish.com",
        "shichangjianguan.com",  # anybody's trade until a word of query stands beside it
    ],
)
def test_a_neighbour_of_such_a_name_is_not(matcher: NameMatcher, host: str) -> None:
    assert matcher.match(host) == ()


@pytest.mark.parametrize(
    ("host", "imitates"),
    [
        ("信用中国.网址", "www.creditchina.gov.cn"),
        ("应急菅理部.com", "www.mem.gov.cn"),
        ("住房和城乡建设郶.com", "www.mohurd.gov.cn"),
        ("企业信用信息公示系统.cn", "www.gsxt.gov.cn"),
        ("建筑市场监管公共服务平台查询.网址", "jzsc.mohurd.gov.cn"),
    ],
)
def test_a_site_s_own_name_is_told_in_chinese(matcher: NameMatcher, host: str, imitates: str) -> None:
    assert matcher.match(canonical_host(host))[0].imitates == imitates


@pytest.mark.parametrize("host", ["教师资格证查询.cn", "護士資格證查詢.com", "信用中国年会.com", "应急菅理.com"])
def test_a_paper_no_rostered_site_verifies_is_not(matcher: NameMatcher, host: str) -> None:
    assert matcher.match(canonical_host(host)) == ()
