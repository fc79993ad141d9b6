"""The case: intake, stores, evidence, lifecycle, imports and exports. No Scrapy, no FastAPI; imports `detectors` and `keywords`.

`model` and `ports` are the seams, `errors` the one error tree, `settings` all settings, `bootstrap` the one place where real
adapters are built. `intake.accept` is the one door in for things seen, `name_watch` for what becomes of lookalike names
(`name_record` the values, `name_history` the rules, `name_plan` the next look, `name_notice` the sentences).
To add a store, implement the Protocols and run `tests/contracts` on it.
"""
