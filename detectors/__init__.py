"""What can be said about one thing seen. Pure: no I/O, no clock, no environment; may import `keywords` only.

`model` holds the values, `ruleset` the one table of weights and sentences, `registry` the tuple of detectors, `runner` and
`scoring` turn signals into an `Assessment`. Rooms: `names` (host names), `pages` (identity, query form, clone), `filings`
(numbers in footers), `wording` (offers and warnings), `marks` (what ties one
suspect to another; no signals of its own). `parking` says who is parked, by DNS or page.

To add a detector: write a class with `name` and `examine` in its room, give its signals rows in `ruleset`, add it to
`registry.build_detectors`, and put a case into `tests/golden/<detector>/`.
"""
