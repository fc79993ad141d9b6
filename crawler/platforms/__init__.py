"""Listing platforms (shops, boards): definitions are data, readers are pure.

`model` is what a definition says (TOML, unknown keys refused), `read` turns a page into listings by it, `embedded` reads JSON-LD,
microdata and OpenGraph. To add a platform, write `<name>.toml` (shipped ones in `data/`, the organisation's own named in
`sweep.platform_definitions`) and list its name in `sweep.platforms`. Sites that want a login are imported, never crawled.
"""
