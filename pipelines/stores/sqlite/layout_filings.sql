-- The filing registry in use (the highest published edition), the one being staged, and people's answers. See `filings.py`.

CREATE TABLE filing_editions (edition INTEGER PRIMARY KEY, document TEXT NOT NULL) STRICT;

-- Filled in the order of the key, so that a million rows are written one page after another.
CREATE TABLE filing_records (
    edition       INTEGER NOT NULL,
    domain        TEXT NOT NULL,
    number        TEXT NOT NULL,
    holder        TEXT NOT NULL,
    holder_kind   TEXT NOT NULL,
    site_name     TEXT NOT NULL,
    approved_on   TEXT NOT NULL,
    status        TEXT NOT NULL,
    is_cancelled  INTEGER NOT NULL,
    PRIMARY KEY (edition, domain, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE filing_numbers (
    edition  INTEGER NOT NULL,
    main     TEXT NOT NULL,
    domain   TEXT NOT NULL,
    number   TEXT NOT NULL,
    PRIMARY KEY (edition, main, domain, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE filing_import (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint TEXT NOT NULL,
    token      TEXT NOT NULL,
    rows_read  INTEGER NOT NULL,
    rejected   INTEGER NOT NULL
) STRICT;

CREATE TABLE filing_staged (
    position      INTEGER PRIMARY KEY,
    domain        TEXT NOT NULL,
    number        TEXT NOT NULL,
    main          TEXT NOT NULL,
    holder        TEXT NOT NULL,
    holder_kind   TEXT NOT NULL,
    site_name     TEXT NOT NULL,
    approved_on   TEXT NOT NULL,
    status        TEXT NOT NULL,
    is_cancelled  INTEGER NOT NULL
) STRICT;

CREATE TABLE filing_rejected (
    position  INTEGER PRIMARY KEY,
    source    TEXT NOT NULL,
    line      INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    original  TEXT NOT NULL
) STRICT;

CREATE TABLE filing_answers (
    domain     TEXT PRIMARY KEY,
    looked_on  TEXT NOT NULL,
    document   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
