"""Pages in traditional script, read as simplified: one character for one, so that places in the text stay."""

import re
from dataclasses import replace

from detectors.model import Field, Form, PageContent, Quote, Signal
from keywords.characters import plain

__all__ = ["in_simplified", "verbatim"]

_TRADITIONAL = re.compile(
    "[證應國華詢碼請輸驗業種設備術職級員資訊網產門單機關電編號築監類頁權據務區縣廳總處發領開辦聯與]"
)
"""Characters one of which stands in any traditional text about certificates; none is used in simplified script."""
_LOOKED_AT = 3_000
_FEWEST = 2


class _Simplified(dict[int, str]):
    """A translation table that fills itself; only Chinese characters change."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        self[point] = plain(char) if "\u4e00" <= char <= "\u9fff" else char
        return self[point]


_TABLE = _Simplified()


def in_simplified(page: PageContent) -> PageContent:
    """Return the page with every Chinese character in simplified form; the page itself where it is so already."""
    seen = f"{page.title} {' '.join(page.headings[:5])} {page.text[:_LOOKED_AT]}"
    if len(set(_TRADITIONAL.findall(seen))) < _FEWEST:
        return page
    return replace(
        page,
        title=_plain(page.title),
        text=_plain(page.text),
        footer=_plain(page.footer),
        headings=tuple(map(_plain, page.headings)),
        metas=tuple((name, _plain(value)) for name, value in page.metas),
        forms=tuple(_form(form) for form in page.forms),
        links=tuple(replace(link, text=_plain(link.text)) for link in page.links),
        images=tuple(replace(image, alt=_plain(image.alt)) for image in page.images),
    )


def verbatim(one: Signal, page: PageContent) -> Signal:
    """Return the signal with its quotes as the page writes them; `page` is the page before `in_simplified`."""
    written = "\n".join((page.title, page.text, page.footer, *page.headings, *(value for _, value in page.metas)))
    folded = _plain(written)
    return replace(one, quotes=tuple(_as_written(quote, written, folded) for quote in one.quotes))


def _as_written(quote: Quote, written: str, folded: str) -> Quote:
    place = folded.find(quote.text)
    return replace(quote, text=written[place : place + len(quote.text)]) if place >= 0 else quote


def _form(form: Form) -> Form:
    return replace(form, button=_plain(form.button), fields=tuple(map(_field, form.fields)))


def _field(field: Field) -> Field:
    return replace(field, placeholder=_plain(field.placeholder), label=_plain(field.label))


def _plain(text: str) -> str:
    return text.translate(_TABLE)
