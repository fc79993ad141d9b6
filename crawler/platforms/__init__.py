"""Listing platforms (shops, boards, posts, app stores): definitions are data, readers are pure.

`model` is what a definition says (TOML, unknown keys refused), `read` turns a crawled page into listings by it, `embedded` reads JSON-LD,
microdata and OpenGraph. `archive` opens what staff save from a browser (HAR, MHTML, pages, answers), `replies` finds listings in a
platform's own data by the definition's `[[replies]]`, `cards` in a page without data by its `item_links`, `imports` reads a file by
whatever route it came, `records` the shipped samples.

A sweep asks a platform by its definition's `route`: public pages at a low rate (`search`, `detail`), its partner interface with a key
(`[api]`, read by `api` and the same `[[replies]]`), or pages in a browser session that staff hold (`[session]`, `crawler.staff_session`).

To add a platform, write `<name>.toml` (shipped ones in `data/`, the organisation's own named in `sweep.platform_definitions`). One with a
`search_url` or an `[api]` may be listed in `sweep.platforms`; of the shipped ones those that want a login have neither: they are imported. Put a hand-made
file of its answers into `recorded/` with what should be read, and run `jianwei engines check`.
"""
