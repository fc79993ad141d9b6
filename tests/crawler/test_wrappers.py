"""Counting links are opened sparingly, paid ones only by policy, and a wall behind them is a typed failure."""

import asyncio

import pytest

from crawler.capture import Answer
from crawler.engines import engines
from crawler.engines.model import EngineCaptcha, EngineTooMany, Row, RowKind, Wrapper
from crawler.fetch import FetchFailed
from crawler.wrappers import Landing, WrapperResolver

ENGINES = engines()
LINK = "https://www.sogou.com/link?url=a"


class Web:
    """Plays the way out: address → (status, headers, body); anything else cannot be reached."""

    def __init__(self, **pages):
        self.pages, self.asked = pages, []

    async def ask(self, url, cookie_jar, headers=None):
        self.asked.append(url)
        if url not in self.pages:
            raise FetchFailed("没有应答")
        status, headers, body = self.pages[url]
        return Answer(requested_url=url, final_url=url, status=status, headers=headers, body=body)


def row(url=LINK, *, is_paid=False, target=""):
    kind = RowKind.ADVERT if is_paid else RowKind.ORGANIC
    return Row(kind=kind, rank=1, title="甲", url=url, target=target, wrapper=Wrapper(url=url, is_paid=is_paid))


def opened(web, one, engine="sogou"):
    return asyncio.run(WrapperResolver(web, 10, follows_paid=True).open(ENGINES[engine], one))


def redirect(location):
    return (302, (("Location", location),), b"")


def test_a_location_header_tells_where_it_leads():
    web = Web(**{LINK: redirect("http://a.example.net/x")})
    assert opened(web, row()) == Landing("http://a.example.net/x", (LINK, "http://a.example.net/x"))


def test_a_script_tells_where_it_leads():
    body = b"<meta><script>window.location.replace('https://b.example.net/')</script>"
    web = Web(**{LINK: (200, (("Content-Type", "text/html"),), body)})
    assert opened(web, row()).target == "https://b.example.net/"


def test_links_that_lead_to_links_are_followed_a_little_and_never_in_circles():
    second = "https://www.sogou.com/link?url=b"
    assert opened(Web(**{LINK: redirect(second), second: redirect("http://a.example.net/")}), row()).chain == (
        LINK,
        second,
        "http://a.example.net/",
    )
    web = Web(**{LINK: redirect(second), second: redirect(LINK)})
    assert opened(web, row()) == Landing("", (LINK, second))
    assert len(web.asked) == 2


def test_the_target_itself_is_never_asked():
    web = Web(**{LINK: redirect("http://a.example.net/")})
    opened(web, row())
    assert web.asked == [LINK]


def test_a_wall_behind_a_link_is_a_typed_failure():
    with pytest.raises(EngineCaptcha) as failure:
        opened(Web(**{LINK: redirect("/antispider/?from=x")}), row(), "weixin")
    assert failure.value.wait_s == 21600
    with pytest.raises(EngineTooMany):
        opened(Web(**{LINK: (429, (), b"")}), row())


def test_a_dead_link_leads_nowhere():
    assert opened(Web(), row()) == Landing("", (LINK,))
    assert opened(Web(**{LINK: (404, (), b"gone")}), row()) == Landing("", (LINK,))
    assert opened(Web(**{LINK: redirect("javascript:alert(1)")}), row()).target == ""


def test_paid_links_are_opened_by_policy_only_and_known_targets_never():
    shy, bold = (WrapperResolver(Web(), 10, follows_paid=policy) for policy in (False, True))
    assert not shy.needs_opening(row(is_paid=True))
    assert bold.needs_opening(row(is_paid=True))
    assert shy.needs_opening(row())
    assert not bold.needs_opening(row(target="http://a.example.net/"))
    assert not bold.needs_opening(Row(kind=RowKind.ORGANIC, rank=1, title="甲", url="http://a.example.net/"))


def test_every_request_counts_against_the_engines_budget():
    second = "https://www.sogou.com/link?url=b"
    web = Web(**{LINK: redirect(second), second: redirect("http://a.example.net/")})
    resolver = WrapperResolver(web, 2, follows_paid=False)
    assert resolver.has_budget(ENGINES["sogou"])
    asyncio.run(resolver.open(ENGINES["sogou"], row()))
    assert not resolver.has_budget(ENGINES["sogou"])
    assert resolver.has_budget(ENGINES["baidu"])
