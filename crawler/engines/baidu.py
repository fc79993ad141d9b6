"""百度 www.baidu.com, desktop page. `mu` names the real address; adverts link through `baidu.php?url=` and are marked 广告.

Shapes: public parsers and filter lists as of 2026, and saved pages of 2014 and 2020.
"""

import re
from urllib.parse import urlencode

from crawler.engines.model import SelectorEngine

__all__ = ["ENGINE"]


def _search_url(query: str, page: int) -> str:
    return f"https://www.baidu.com/s?{urlencode({'wd': query, 'pn': (page - 1) * 10, 'rn': 10})}"


ENGINE = SelectorEngine(
    name="baidu",
    title="百度",
    host="www.baidu.com",
    own_domains=("baidu.com",),
    search_url=_search_url,
    organic="#content_left .result, #content_left .result-op",
    heading="h3 a[href], a.EC_title[href], a.EC_t[href]",
    snippet=".c-abstract, .content-right, .ec-desc, .EC_desc, .EC_body",
    adverts="#content_left .ec-container, .EC_result, #content_left [data-cmatchid], #content_left [data-tuiguang].result",
    advert_links=re.compile(r"(https?:)?//(www\.baidu\.com/baidu\.php\?|(bzclk|wn\.pos|cb)\.baidu\.com/)"),
    advert_lists="#content_left, #content_right, #ec_im_container",
    advertiser=".ec-advertiser, .ec-name, .EC_name",
    shown_address=".ec-showurl, .EC_url, .c-showurl",
    targets=("mu", "data-landurl"),
    nothing_found=".content_none, .nors",
    next_page="#page a.n",
    captcha_titles=("百度安全验证",),
    captcha="#pass-slide, .passMod_dialog-wrapper",
    captcha_hosts=("wappass.baidu.com",),
)
