"""Where names come from: lists, zone files and tables of names (`name_lists`).

Imports `keywords`, `detectors` and `pipelines`. A feed yields names with their hits; it judges nothing itself.
"""
