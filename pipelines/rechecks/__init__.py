"""Re-checks 复查: what became of the things that were handed over, look by look.

`record` is what a lead keeps of it, `plan` says when a lead is looked at next, `look` reads one look, `history` takes it in, `elsewhere`
finds new hosts with the same marks, `book` writes it all down after intake accepted the observation. Only `book` and `elsewhere` touch
a store. A re-check never changes a person's decision; a closed thing that stands again comes back by the rule of `pipelines.lifecycle`.
"""
