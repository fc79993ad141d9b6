"""What a page says that stands in front of a site, or in its place: a wall for us, or a provider's notice that the site was stopped. Pure.

A wall says nothing of what is behind it. A notice of the provider says that the site is off: providers put one up for sites without
filing, for unpaid accounts, and when an authority asked them to. Either is a short page; a long one only speaks of such things.
"""

import re

from detectors.model import PageContent, Quote
from detectors.pages.seen import quote

__all__ = ["stopped_words", "wall_words"]

_MOST_TEXT = 1500
_WALL = re.compile(
    "请(?:完成|进行|通过)(?:下列|以下|安全|滑动|人机)*验证|安全验证|人机验证|滑动(?:滑块|验证|完成)|拖动(?:下方)?滑块|访问(?:验证|过于频繁|被拒绝|受限)|"
    "请求(?:过于频繁|被拦截|存在(?:异常|威胁))|您的(?:请求|访问)(?:可能)?(?:存在|已被|被)|检测到.{0,12}(?:异常|攻击)|网站防火墙|云(?:防护|盾|锁)|"
    "国家反诈中心|反诈(?:预警|拦截)|涉(?:嫌)?诈(?:骗)?(?:网站|网址).{0,10}(?:拦截|阻断)|已被(?:公安|网警).{0,10}拦截|"
    "Just a moment|Checking your browser|Attention Required|Access Denied|Request blocked|verify (?:that )?you are (?:a )?human|"
    "unusual traffic|DDoS protection",
    re.IGNORECASE,
)
_STOPPED = re.compile(
    "Non-?compliance ICP Filing|(?:未|没有|尚未)(?:完成|进行|取得)?(?:ICP)?备案.{0,40}(?:无法|不能|暂停|停止|禁止|访问)|备案(?:号|信息)?.{0,12}(?:已被)?(?:注销|掉案)|"
    "(?:该|此|本|您(?:所)?访问的)?(?:网站|站点|网页|域名|空间|主机)(?:因.{1,40})?(?:已经?|已被|被)(?:依法)?(?:关闭|关停|停止|停用|暂停|封停|查封|冻结|删除|停止(?:访问|解析|接入|服务))|"
    "(?:网站|站点|空间|主机|服务器)(?:已)?(?:到期|过期|欠费)|Account (?:has been )?Suspended|(?:web)?site (?:has been |is )?(?:suspended|stopped|disabled|taken down)|"
    "domain (?:has been |is )?(?:suspended|seized|on hold)|没有找到站点|站点不存在|未绑定(?:此|该)?(?:域名|站点)|Site Not Found|No such site",
    re.IGNORECASE,
)


def wall_words(page: PageContent) -> Quote | None:
    """Return the words by which a page wants to see a person, or refuses us; None: it does not."""
    return _said(_WALL, page)


def stopped_words(page: PageContent) -> Quote | None:
    """Return the words by which a provider says that it stopped the site; None: it does not say so."""
    return _said(_STOPPED, page)


def _said(words: re.Pattern[str], page: PageContent) -> Quote | None:
    text = f"{page.title}\n{page.text}"
    found = words.search(text) if len(text) <= _MOST_TEXT else None
    return quote("text", text, found.start(), found.end()) if found else None
