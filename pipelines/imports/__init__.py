"""Files from outside become observations: listings a platform exported, items to assess.

`tables` reads CSV, XLSX, JSON and JSON Lines row by row and survives broken rows; `listings` maps a row to a `Listing`; `rejects`
keeps what could not be used, with line and reason. To add an import, write one module that turns `Row`s into values or `Rejection`s.
"""
