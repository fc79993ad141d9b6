"""Feeds of names as they appear: Certificate Transparency logs, certstream servers, folders of new-domain lists.

Lists, zone files and tables of any size are read through `list_reader`: `name_files` opens them, `name_columns` tells tables from lists,
`name_tables` makes a list of a column, `name_lists` finds the imitations.

Each feed reads in order, hands what it read to `hand_on.HandOn` (match, report, then move the bookmark) and tells
`model.FeedWatch` how it stands. A name may be handed on twice after a crash, never not at all; the memory of reported names
keeps it from being reported twice.

    settings [[feeds]] → run.follow_feeds → ct_tailer (ct_static | ct_rfc6962) | certstream | folder → hand_on → stdout, bookmark

What could not be had is kept: index gaps are tried again, times not heard and alarms are shown by `jianwei domains feeds`.

To add one more kind of CT log, implement `model.CertificateLog` (head, entries, consistency proof) and name it in `run`. To add one
more kind of feed, write a class with `async look()` (read what is there now) and `async follow()`, a settings table with its
`kind` in `pipelines.settings`, and a line in `run`. Imports `crawler.gate`, `pipelines`, `detectors.names` and `keywords`; no Scrapy.
"""
