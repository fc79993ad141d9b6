-- Layout 9: result pages asked of each engine, the leads each query led to, and what every finished piece of an open run counted.

-- `asked_on` is an ordinal day; `answered_on` and the counts are NULL while no answer came.
CREATE TABLE asked_pages (
    run_id       TEXT NOT NULL,
    source       TEXT NOT NULL,
    text         TEXT NOT NULL,
    page         INTEGER NOT NULL,
    terms        TEXT NOT NULL,
    asked_on     INTEGER NOT NULL,
    answered_on  INTEGER,
    row_count    INTEGER,
    advert_count INTEGER,
    PRIMARY KEY (source, text, page, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_pages_by_day ON asked_pages (asked_on, source);

CREATE TABLE query_leads (
    source    TEXT NOT NULL,
    text      TEXT NOT NULL,
    lead_id   TEXT NOT NULL,
    found_on  INTEGER NOT NULL,
    PRIMARY KEY (source, text, lead_id)
) STRICT, WITHOUT ROWID;

-- One row a piece of work, replaced when the piece is done again; gone once the run's report holds the sum.
CREATE TABLE run_tallies (
    run_id    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    key       TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (run_id, kind, key)
) STRICT, WITHOUT ROWID;
