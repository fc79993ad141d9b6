"""The spiders of a sweep: `snapshot` (official pages), `sweep` (search engines), `listing` (platforms), `site` (suspects).

Each takes its pending work from the frontier and yields `WorkDone` items; `crawler.stage` accepts them. To add a spider, subclass
`base.RunSpider`, write `lanes`, and name it in `crawler.sweep`.
"""
