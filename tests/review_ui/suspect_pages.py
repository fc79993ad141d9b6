"""Pages to photograph: our own renderings of an official query site and of what its counterfeits look like."""

from playwright.sync_api import Browser

from tests.review_ui.desk_world import OFFICIAL_NAME, Pictures

_STYLE = "body{margin:0;font-family:sans-serif;background:#f4f6fa;color:#223}header{background:%s;color:#fff;padding:22px 40px;font-size:26px}main{width:760px;margin:40px auto;background:#fff;border:1px solid #ccd;padding:32px 48px}label{display:block;margin:16px 0;font-size:16px}input{width:100%%;height:38px;border:1px solid #bbc}button{background:%s;color:#fff;border:0;padding:12px 44px;font-size:16px}footer{text-align:center;font-size:13px;color:#667;padding:40px}"
_FORM = "<main><h2>%s</h2><label>证件号码<input placeholder=请输入证件号码></label><label>姓名<input placeholder=请输入姓名></label><label>验证码<input placeholder=请输入验证码></label><button>查询</button></main>"


def _page(title: str, heading: str, footer: str, colour: str) -> str:
    style = _STYLE % (colour, colour)
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><header>{title}</header>{_FORM % heading}<footer>{footer}</footer><div style=height:700px></div>"


_PAGES = {
    "official": _page(OFFICIAL_NAME, "特种作业操作证查询", "主办单位：应急管理部　京ICP备05012345号", "#1a5fb4"),
    "clone": _page("特种作业操作证查询平台", "特种作业操作证查询", "应急管理部监制　京ICP备05012345号", "#1a5fb4"),
    "invented": _page("全国特种作业证书联网查询中心", "证书真伪查询", "萌ICP备20257012号", "#b3261e"),
}


def photograph(browser: Browser) -> Pictures:
    """Return a screenshot of every page."""
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    shots = {}
    for name, html in _PAGES.items():
        page.set_content(html)
        shots[name] = page.screenshot(full_page=True)
    page.close()
    return Pictures(shots)
