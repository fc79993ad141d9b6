"""Several workers on one sweep: who is heard of, whose turn it is at a site, and browsers apart from the crawl.

The spiders know nothing of it: they are given less work at a time, and their seams (`Renderer`, the politeness, the frontier) have another
adapter behind them. What is shared comes from `pipelines.shared_work`; nothing here speaks Redis.
"""
