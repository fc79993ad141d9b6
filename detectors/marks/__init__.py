"""标志: what ties one suspect to another, and who belongs together (团伙).

May import `keywords` and other detectors' readers; pure. `model` holds the values, `data/kinds.csv` the one table of what each
kind of mark is worth and why, `data/common.csv` the marks everybody shares, each with its source. `extract` reads the marks of
one observation (`statistics`, `handles`, `codes`, `kit`, `hosting` each know one sort); `bonds` says what a mark is worth in view
of who wears it, whether shared marks join two owners, and who then hangs together.

To add a kind: a member of `MarkKind`, a row in `data/kinds.csv`, and a reader that yields it.
"""
