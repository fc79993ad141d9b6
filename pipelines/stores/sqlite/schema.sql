-- The layout of version 1. A later change is a new numbered script beside this one, never an edit of it.

CREATE TABLE leads (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    version         INTEGER NOT NULL,
    document        TEXT NOT NULL,
    status          TEXT NOT NULL,
    level           TEXT NOT NULL,
    kind            TEXT NOT NULL,
    imitates        TEXT NOT NULL,
    assignee        TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    score_permille  INTEGER NOT NULL,
    first_seen_us   INTEGER NOT NULL,
    last_seen_us    INTEGER NOT NULL
) STRICT;

-- Expressions as `leads.py` orders by them, so that a page of the queue is read straight from its index.
CREATE INDEX leads_by_score ON leads (-score_permille, -last_seen_us, id);
CREATE INDEX leads_by_latest ON leads (-last_seen_us, -score_permille, id);
CREATE INDEX leads_by_oldest ON leads (first_seen_us, -score_permille, id);
CREATE INDEX leads_by_status ON leads (status, level);

CREATE TABLE lead_sources (
    lead    INTEGER NOT NULL REFERENCES leads (number),
    source  TEXT NOT NULL,
    PRIMARY KEY (lead, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX leads_by_source ON lead_sources (source, lead);

-- The folded text a search looks at; a contentless index can only forget what it is told again word by word.
CREATE TABLE lead_texts (
    lead  INTEGER PRIMARY KEY REFERENCES leads (number),
    text  TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE lead_words USING fts5 (pairs, content = '', columnsize = 0, tokenize = 'ascii');

CREATE TABLE observations (
    identity     TEXT PRIMARY KEY,
    lead_id      TEXT NOT NULL,
    observed_us  INTEGER NOT NULL,
    document     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX observations_of_lead ON observations (lead_id, observed_us);

CREATE TABLE audit (
    number    INTEGER PRIMARY KEY,
    about     TEXT NOT NULL,
    document  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_about ON audit (about, number);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE accounts (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (url TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;

CREATE TABLE frontier (
    position  INTEGER PRIMARY KEY,
    run_id    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    key       TEXT NOT NULL,
    payload   TEXT NOT NULL,
    is_done   INTEGER NOT NULL,
    UNIQUE (run_id, kind, key)
) STRICT;
CREATE INDEX frontier_left ON frontier (run_id, kind, position) WHERE NOT is_done;

CREATE TABLE runs (id TEXT PRIMARY KEY, started_us INTEGER NOT NULL, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
