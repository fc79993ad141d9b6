"""Three pretend search engines: organic rows, adverts above and below, counting links, paging, and a wall after too many pages."""

from urllib.parse import quote

from deploy.range.behaviours.templates import render
from deploy.range.exchange import Answer, Request, as_html, as_redirect
from deploy.range.model import IndexEntry
from deploy.range.search import find_rows
from deploy.range.stage import Stage
from deploy.range.wrappers import KNOWS, target_of, token, wrapped

__all__ = ["baidu", "baidu_captcha", "so360", "so360_adverts", "sogou"]

_ROWS = 10
_ADVERTS_ABOVE = 3
_ADVERTS_BELOW = 2
_CAPTCHA = "https://wappass.baidu.com/static/captcha/tuxing.html"


def baidu(request: Request, stage: Stage) -> Answer:
    """www.baidu.com: `/s?wd=&pn=` counts rows from 0, `/link` and `/baidu.php` lead on."""
    match request.path:
        case "/":
            return as_html(render("baidu_home.html"))
        case "/s":
            if stage.is_over_limit("baidu"):
                return as_redirect(f"{_CAPTCHA}?backurl={quote(f'https://www.baidu.com/s?{request.query}', safe='')}")
            query, start = request.parameter("wd") or request.parameter("word"), request.number("pn", 0)
            page = start // _ROWS
            return as_html(render("baidu.html", **_results(stage, "baidu", query, page), start=page * _ROWS))
        case "/link" | "/baidu.php":
            return _lead_on(stage, "baidu", request.parameter("url"))
    return as_html(render("not_found.html", sentence="您要访问的页面不存在。"), 404)


def baidu_captcha(request: Request, stage: Stage) -> Answer:  # noqa: ARG001 - every behaviour has these arguments
    """wappass.baidu.com: the wall. Nobody solves it; a person is asked."""
    return as_html(render("baidu_captcha.html"))


def so360(request: Request, stage: Stage) -> Answer:
    """www.so.com: `/s?q=&pn=` counts pages from 1; over the limit the body is empty."""
    match request.path:
        case "/":
            return as_html(render("so360_home.html"))
        case "/s":
            if stage.is_over_limit("so360"):
                return as_html("")
            page = max(request.number("pn", 1), 1)
            text = render("so360.html", **_results(stage, "so360", request.parameter("q"), page - 1))
            return as_html(text, 200, "utf-8", ("set-cookie", "QiHooGUID=practice; path=/"))
        case "/link":
            return _lead_on(stage, "so360", request.parameter("m"))
    return as_html(render("not_found.html", sentence="页面没有找到。"), 404)


def so360_adverts(request: Request, stage: Stage) -> Answer:
    """e.so.com: the counting links of adverts."""
    return _lead_on(stage, "so360", request.parameter("p"))


def sogou(request: Request, stage: Stage) -> Answer:
    """www.sogou.com: `/web?query=&page=`, links lead on by a script, adverts by a redirect; over the limit it asks for a person."""
    match request.path:
        case "/" | "/antispider/":
            return as_html(render("sogou_home.html" if request.path == "/" else "sogou_antispider.html"))
        case "/web":
            return _sogou_page(request, stage)
        case "/link":
            target = target_of(stage.world, "sogou", request.parameter("url"))
            return as_html(render("sogou_link.html", target=target), 200 if target else 404)
        case "/bill_cpc":
            return _lead_on(stage, "sogou", request.parameter("p"))
    return as_html(render("not_found.html", sentence="您访问的页面不存在。"), 404)


def _sogou_page(request: Request, stage: Stage) -> Answer:
    if stage.is_over_limit("sogou"):
        return as_redirect("https://www.sogou.com/antispider/?from=%2Fweb")
    page = max(request.number("page", 1), 1)
    return as_html(render("sogou.html", **_results(stage, "sogou", request.parameter("query"), page - 1)))


def _results(stage: Stage, engine: str, query: str, page: int) -> dict[str, object]:
    """Return what a result page shows; `page` counts from 0."""
    organic, adverts = find_rows(stage.world.index, KNOWS.get(engine, engine), query)
    shown = adverts[page * (_ADVERTS_ABOVE + _ADVERTS_BELOW) :]
    return {
        "query": query,
        "page": page,
        "pages": max((len(organic) + _ROWS - 1) // _ROWS, 1),
        "rows": [_row(entry, engine) for entry in organic[page * _ROWS : (page + 1) * _ROWS]],
        "adverts_above": [_row(entry, engine) for entry in shown[:_ADVERTS_ABOVE]],
        "adverts_below": [_row(entry, engine) for entry in shown[_ADVERTS_ABOVE : _ADVERTS_ABOVE + _ADVERTS_BELOW]],
    }


def _row(entry: IndexEntry, engine: str) -> dict[str, object]:
    # As on the real pages, some organic rows carry only the counting link.
    names_target = entry.advert.shows_target if entry.advert else not token(entry, engine).startswith(tuple("ABCDEFGH"))
    return {
        "title": entry.title,
        "text": entry.text,
        "link": wrapped(entry, engine),
        "target": entry.url if names_target else "",
        "shown_host": entry.url.split("/")[2] if names_target or not entry.advert else "",
        "advertiser": entry.advert.advertiser if entry.advert else "",
    }


def _lead_on(stage: Stage, engine: str, asked: str) -> Answer:
    target = target_of(stage.world, engine, asked)
    return as_redirect(target) if target else as_html(render("not_found.html", sentence="链接已失效。"), 404)
