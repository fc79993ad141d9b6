"""360搜索 www.so.com, desktop page. `data-mdurl` names the real address; adverts stand in `#e_idea_pp` and link to `e.so.com`.

Shapes: public parsers and filter lists as of 2026, and a saved page of 2014 (`#m-spread-left`, `e.tf.360.cn`).
"""

import re
from urllib.parse import urlencode

from crawler.engines.model import SelectorEngine

__all__ = ["ENGINE"]


def _search_url(query: str, page: int) -> str:
    return f"https://www.so.com/s?{urlencode({'q': query, 'pn': page})}"


ENGINE = SelectorEngine(
    name="so360",
    title="360搜索",
    host="www.so.com",
    own_domains=("so.com", "360.cn", "haosou.com"),
    search_url=_search_url,
    organic="li.res-list",
    heading="h3 a[href]",
    snippet=".res-desc, .res-rich, .e_idea_desc, p",
    adverts="#e_idea_pp li, .e_idea_list > li, li[data-cpc_query], #e_idea_pp_vip_bottom li, #m-spread-left li, #so_kw-ad li",
    advert_links=re.compile(r"(https?:)?//e(\.tf)?\.(so\.com|360\.cn)/search/"),
    advert_lists=".result, .e_idea_list, .spread ul",
    advertiser=".e_idea_name, .e_idea_brand",
    shown_address="cite",
    targets=("data-mdurl", "data-landurl", "e-landurl"),
    nothing_found=".no-result, #no-result",
    next_page="#snext",
    captcha_titles=("安全验证", "访问异常"),
    captcha="#captcha, .captcha-wrap",
    captcha_hosts=("qcaptcha.so.com", "captcha.so.com"),
)
