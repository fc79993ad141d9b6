"""Ordinary hosts whose pages are the rows the search engines have about them."""

from deploy.range.behaviours.templates import render
from deploy.range.exchange import Answer, Request, as_html
from deploy.range.stage import Stage

__all__ = ["articles"]


def articles(request: Request, stage: Stage) -> Answer:
    """Show the row of the index with this address as an article; the home page lists all of the host."""
    prefix = f"https://{request.host.name}"
    own = [entry for entry in stage.world.index if entry.url.startswith(f"{prefix}/") and entry.advert is None]
    entry = next((entry for entry in own if entry.url == prefix + request.path), None)
    if entry is not None:
        return as_html(render("article.html", entry=entry, host=request.host))
    if request.path == "/":
        return as_html(render("articles.html", entries=own, host=request.host))
    return as_html(render("not_found.html", sentence="您访问的文章不存在。"), 404)
