"""How we look: Scrapy spiders, Chromium, DNS, search engines and listing platforms. The only room that imports Scrapy and Playwright.

`gate` is the one way out: every request of Scrapy and of the browser passes it. Spiders yield `Observation`s, `stage` hands each to
`pipelines.intake`. To add a search engine, write a definition in `engines/data`; to add a listing platform, one in
`platforms/data`.
"""
