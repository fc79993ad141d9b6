-- Leads as staff look for them. See `lead_rows.py` (writes) and `lead_search.py` (reads).
--   leads               the document, wide, read only for the page that is shown
--   lead_keys           what leads are sorted and narrowed by, narrow
--   lead_combinations   every combination of facet values, and how many leads have it: totals and facets without a scan
--   lead_texts, lead_words   the folded parts of the text, and the index of their pairs of characters

DROP INDEX leads_by_score;
DROP INDEX leads_by_latest;
DROP INDEX leads_by_oldest;
DROP INDEX leads_by_status;
DROP TABLE lead_sources;
DROP TABLE lead_texts;
DROP TABLE lead_words;

ALTER TABLE leads RENAME TO leads_before;
CREATE TABLE leads (
    number    INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    version   INTEGER NOT NULL,
    document  TEXT NOT NULL
) STRICT;
INSERT INTO leads SELECT number, id, version, document FROM leads_before ORDER BY number;
DROP TABLE leads_before;

-- What older layouts did not keep is made from the documents when the store is opened next.
CREATE TABLE leads_unindexed (number INTEGER PRIMARY KEY) STRICT;
INSERT INTO leads_unindexed SELECT number FROM leads;

CREATE TABLE lead_combinations (
    combination  INTEGER PRIMARY KEY,
    status       TEXT NOT NULL,
    level        TEXT NOT NULL,
    kind         TEXT NOT NULL,
    imitates     TEXT NOT NULL,
    assignee     TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    source       TEXT NOT NULL,
    leads        INTEGER NOT NULL,
    changed      INTEGER NOT NULL,
    UNIQUE (status, level, kind, imitates, assignee, outcome, source)
) STRICT;
CREATE INDEX combinations_by_change ON lead_combinations (changed);

CREATE TABLE combination_sources (
    source       TEXT NOT NULL,
    combination  INTEGER NOT NULL REFERENCES lead_combinations (combination),
    PRIMARY KEY (source, combination)
) STRICT, WITHOUT ROWID;

-- Score and last sighting stand negated, so that every order of the queue ascends in all its terms.
CREATE TABLE lead_keys (
    number       INTEGER PRIMARY KEY,
    id           TEXT NOT NULL,
    combination  INTEGER NOT NULL,
    neg_score    INTEGER NOT NULL,
    neg_last     INTEGER NOT NULL,
    "first"      INTEGER NOT NULL,
    "count"      INTEGER NOT NULL,
    due          INTEGER,
    platform     TEXT NOT NULL,
    seller       TEXT NOT NULL
) STRICT;
CREATE INDEX lead_keys_by_score ON lead_keys (neg_score, neg_last, id, combination);
CREATE INDEX lead_keys_by_latest ON lead_keys (neg_last, neg_score, id, combination);
CREATE INDEX lead_keys_by_oldest ON lead_keys ("first", neg_score, id, combination);
CREATE INDEX lead_keys_by_combination ON lead_keys (combination, neg_score, neg_last, id);
CREATE INDEX lead_keys_by_count ON lead_keys ("count") WHERE "count" > 1;
CREATE INDEX lead_keys_by_due ON lead_keys (due) WHERE due IS NOT NULL;
CREATE INDEX lead_keys_by_platform ON lead_keys (platform) WHERE platform <> '';
CREATE INDEX lead_keys_by_seller ON lead_keys (seller) WHERE seller <> '';

-- A contentless index can only forget what it is told again word by word, hence the texts.
CREATE TABLE lead_texts (
    lead   INTEGER PRIMARY KEY,
    host   TEXT NOT NULL,
    url    TEXT NOT NULL,
    title  TEXT NOT NULL,
    query  TEXT NOT NULL,
    text   TEXT NOT NULL
) STRICT;
CREATE INDEX lead_texts_no_host ON lead_texts (lead) WHERE host = '';
CREATE INDEX lead_texts_no_url ON lead_texts (lead) WHERE url = '';
CREATE INDEX lead_texts_no_title ON lead_texts (lead) WHERE title = '';
CREATE INDEX lead_texts_no_query ON lead_texts (lead) WHERE query = '';
CREATE VIRTUAL TABLE lead_words USING fts5 (host, url, title, query, text, content = '', columnsize = 0, tokenize = 'ascii');

-- Observations stand in the order they came: by identity, a random key, each of ten million would be written somewhere else.
ALTER TABLE observations RENAME TO observations_before;
DROP INDEX observations_of_lead;
CREATE TABLE observations (
    position     INTEGER PRIMARY KEY,
    identity     TEXT NOT NULL UNIQUE,
    lead_id      TEXT NOT NULL,
    observed_us  INTEGER NOT NULL,
    document     TEXT NOT NULL
) STRICT;
INSERT INTO observations (identity, lead_id, observed_us, document)
    SELECT identity, lead_id, observed_us, document FROM observations_before ORDER BY observed_us;
DROP TABLE observations_before;
CREATE INDEX observations_of_lead ON observations (lead_id, observed_us);

CREATE TABLE saved_searches (
    owner     TEXT NOT NULL,
    name      TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;
