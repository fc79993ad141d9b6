"""Numbers by which a site in China names itself: ICP filings and licences, police filings, site codes, badges, 找错 links.

The spellings of real footers are tolerated (blanks, full-width digits, a missing 备); what is odd about one is said, not hidden.
Letters and forms follow MIIT practice; samples in the tests are from public pages.
"""

import re
from collections.abc import Iterable

from detectors.filings.letters import PROVINCES, same_letter
from detectors.filings.linked import (
    attribute_words,
    image_words,
    linked_filings,
    markup_addresses,
    reports_in,
    scripted_codes,
)
from detectors.filings.model import Filing, FilingKind, SiteReport
from detectors.filings.written import written_filings, written_site_codes
from detectors.model import PageContent

__all__ = ["Filing", "FilingKind", "SiteReport", "filings_in", "filings_on", "main_number", "site_reports"]

_LOOKED_AT = 30_000
_MOST = 30
_TOP = 500
_BOTTOM = 3_000
_SHORT = 6_000
"""A page of this length is looked through whole; of a longer one top, bottom and foot: an article may quote anybody's number."""
_MAIN = re.compile(r"(?:ICP)(?P<word>[备证]?)(?P<digits>\d+)$")


def main_number(number: str) -> str:
    """Return the holder's number, by which numbers are compared: without the site's serial, 号 and spelling variants.

    京ICP备12345678号-3, 京ICP12345678 and 京ICP备12345678号 are one; so are 川ICP备… and 蜀ICP备….
    """
    main = re.sub(r"-\d{1,4}[AXK]?$", "", number).removesuffix("号")
    if main[:1] in PROVINCES and main:
        main = same_letter(main[0]) + main[1:]
    found = _MAIN.search(main)
    return f"{main[: found.start()]}ICP备{found['digits']}" if found and not found["word"] else main


def filings_in(text: str) -> tuple[Filing, ...]:
    """Return the numbers written in a text, in its order of kinds; at most 30."""
    return _each_once(written_filings(text[:_LOOKED_AT]))


def filings_on(page: PageContent, html: str = "") -> tuple[Filing, ...]:
    """Return the numbers of a page: its foot, top and closing text, its links, its images' words and files, its markup's attributes and addresses.

    `html` is the decoded markup; without it what only scripts and handlers name is not found.
    """
    text = page.text if len(page.text) <= _SHORT else f"{page.text[:_TOP]}\n{page.text[-_BOTTOM:]}"
    words = "\n".join((page.footer, text, *image_words(page.images), *attribute_words(html)))
    urls = dict.fromkeys((*(link.url for link in page.links), *page.scripts, *markup_addresses(html)))
    codes = [value for tag, value in page.metas if tag == "siteidcode" and value]
    codes += scripted_codes(html)
    return _each_once(
        (
            *linked_filings(urls),
            *written_site_codes("\n".join(f"标识码:{code}" for code in codes)),
            *written_filings(words[:_LOOKED_AT]),
        )
    )


def site_reports(page: PageContent, html: str = "") -> tuple[SiteReport, ...]:
    """Return the 找错 links of a page and whom they name."""
    urls = dict.fromkeys((*(link.url for link in page.links), *markup_addresses(html)))
    return tuple(reports_in(urls))[:_MOST]


def _each_once(filings: Iterable[Filing]) -> tuple[Filing, ...]:
    found: dict[tuple[FilingKind, str], Filing] = {}
    for one in filings:
        found.setdefault((one.kind, one.number), one)
    return tuple(found.values())[:_MOST]
