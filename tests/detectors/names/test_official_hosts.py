"""More than ten thousand official hosts, made by the patterns public bodies really use: none of them imitates anything.

Below `.gov.cn` every name is official, so those only prove that the suffix is asked first. What can go wrong are the others: universities
(where MEM is a degree and `zscx` a page of their own), public hospitals, provident funds, newspapers, and examination offices on ordinary domains.
"""

import csv
from collections.abc import Iterator
from importlib.resources import files

from detectors.names.engine import NameMatcher
from keywords.hosts import canonical_host
from keywords.roster import Roster

_OFFICES = (
    *("yjj", "yjglj", "yjt", "ajj", "zjj", "zjt", "jsj", "zfcxjsj", "scjgj", "amr", "rsj", "rst", "hrss", "gaj", "jyj", "wjw"),
    *("mzj", "sfj", "czj", "fgw", "gxj", "jtysj", "nyncj", "zrzyj", "sthjj", "tjj", "ylbzj", "xzspj", "zwfw", "cx", "zscx"),
)  # fmt: skip
_OF_A_SCHOOL = ("www", "mem", "cx", "zscx", "jsj", "zjc", "rsc", "aqsc", "xlcx", "cpta", "osta", "lib", "zs.mem", "jwc")
_OF_A_CITY = (
    *("{0}rmyy.com", "{0}zyyy.cn", "{0}fybjy.com", "{0}syy.com.cn", "www.{0}gjj.com", "{0}daily.com.cn", "{0}tv.cn"),
    *("{0}lib.org.cn", "{0}water.com.cn", "{0}metro.com", "{0}museum.cn", "{0}zx.net.cn", "{0}dyzx.cn", "{0}redcross.org.cn"),
)  # fmt: skip
"""People's hospital, hospital of Chinese medicine, maternity, city hospital, provident fund, newspaper, broadcaster, library, water works, underground, museum, schools, Red Cross."""
_EXAMINERS = """
    www.hebpta.com.cn www.impta.com.cn www.lnrsks.com www.jxpta.com www.hnrsks.com www.scpta.com.cn www.gxpta.com.cn www.nxpta.com www.qhpta.com
    www.fjpta.com www.zjks.com www.sxrsks.cn www.xjrsks.com.cn www.tjkpzx.com www.neea.edu.cn www.neea.cn cet.neea.edu.cn www.jszg.edu.cn
    www.nmec.org.cn www.21wecan.com www.cicpa.org.cn www.ruankao.org.cn www.jseea.cn www.sceea.cn www.eeafj.cn www.sdzk.cn www.hebeea.edu.cn
    www.zjzs.net www.hneeb.cn www.heao.com.cn www.haeea.cn www.bjeea.cn www.shmeea.edu.cn www.zhaokao.net www.lnzsks.com www.ahzsks.cn
    www.jxeea.cn www.cqksy.cn www.hbea.edu.cn www.sneac.com www.gxeea.cn www.eaagz.org.cn www.nm.zsks.cn www.lzk.hl.cn www.nxjyks.cn
    www.qhjyks.com www.ganseea.cn www.ynzs.cn www.jleea.com.cn www.sxkszx.cn www.csei.org.cn www.chinasafety.ac.cn www.china-safety.org.cn
    www.cnas.org.cn www.cnis.ac.cn www.cnca.cn www.zgjzy.org.cn www.caec-china.org.cn www.cirea.org.cn www.chinacourt.org www.12371.cn
    www.cnnic.cn www.cnnic.net.cn www.isc.org.cn www.chinanews.com.cn www.xinhuanet.com www.news.cn www.cctv.com www.gmw.cn www.ce.cn
    www.chinadaily.com.cn www.legaldaily.com.cn www.cssn.cn www.cas.cn www.cae.cn www.nsfc.org.cn www.nlc.cn www.dpm.org.cn www.chnmuseum.cn
    www.pumch.cn www.cma.org.cn www.redcross.org.cn www.cdpf.org.cn www.acftu.org www.women.org.cn www.ccyl.org.cn www.ccpit.org
"""
"""Examination offices, institutes, associations and media of the state that have ordinary domains; written down from memory, none looked up."""


def _places() -> Iterator[tuple[str, tuple[str, ...]]]:
    text = (files("detectors.names") / "data" / "places.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield row["pinyin"], tuple(letters for letters in row["initials"].split(";") if letters)


def _below_gov_cn() -> Iterator[str]:
    for pinyin, initials in _places():
        for place in (pinyin, *initials):
            yield f"www.{place}.gov.cn"
        yield from (f"{office}.{pinyin}.gov.cn" for office in _OFFICES)


def _elsewhere(roster: Roster) -> Iterator[str]:
    for site in roster.sites:
        yield from (host for host in (site.host, *site.other_hosts) if not host.endswith(".gov.cn"))
    yield from _EXAMINERS.split()
    for pinyin, initials in _places():
        yield from (f"{host}.{school}.edu.cn" for school in (f"{pinyin}u", f"{pinyin}xy") for host in _OF_A_SCHOOL)
        yield from (pattern.format(place) for place in (pinyin, *initials) for pattern in _OF_A_CITY)


def test_no_official_host_imitates_another(matcher: NameMatcher, roster: Roster) -> None:
    government, others = set(_below_gov_cn()), set(_elsewhere(roster))
    assert len(government) >= 10_000
    assert len(others) >= 10_000
    alarms = {host: hits[0].reason for host in government | others if (hits := matcher.match(canonical_host(host)))}
    assert alarms == {}
