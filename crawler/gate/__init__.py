"""The one way out: a forward proxy on loopback that resolves, checks, pins and dials. Scrapy and Chromium go only through it.

`ranges` knows which addresses nobody outside may lead us to, `policy` decides about one authority, `way_out` opens one
connection under it, `proxy` does so for clients that speak HTTP.
Imports `pipelines.errors`, `pipelines.settings` and `keywords.hosts`, and what a name server may have said (`crawler.facts.dns`); it resolves with the resolver it is given.
"""
