-- Leads are counted and narrowed by what became of them (`pipelines.rechecks`). No lead of an older file was ever re-checked.

CREATE TABLE combinations_before (
    combination  INTEGER PRIMARY KEY,
    status TEXT, level TEXT, kind TEXT, imitates TEXT, assignee TEXT, outcome TEXT, source TEXT, leads INTEGER, changed INTEGER
) STRICT;
INSERT INTO combinations_before
    SELECT combination, status, level, kind, imitates, assignee, outcome, source, leads, changed FROM lead_combinations;
CREATE TABLE sources_before (source TEXT, combination INTEGER) STRICT;
INSERT INTO sources_before SELECT source, combination FROM combination_sources;
DROP TABLE combination_sources;
DROP TABLE lead_combinations;

CREATE TABLE lead_combinations (
    combination  INTEGER PRIMARY KEY,
    status       TEXT NOT NULL,
    level        TEXT NOT NULL,
    kind         TEXT NOT NULL,
    imitates     TEXT NOT NULL,
    assignee     TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    recheck      TEXT NOT NULL,
    source       TEXT NOT NULL,
    leads        INTEGER NOT NULL,
    changed      INTEGER NOT NULL,
    UNIQUE (status, level, kind, imitates, assignee, outcome, recheck, source)
) STRICT;
CREATE INDEX combinations_by_change ON lead_combinations (changed);
INSERT INTO lead_combinations
    SELECT combination, status, level, kind, imitates, assignee, outcome, '', source, leads, changed FROM combinations_before;
DROP TABLE combinations_before;

CREATE TABLE combination_sources (
    source       TEXT NOT NULL,
    combination  INTEGER NOT NULL REFERENCES lead_combinations (combination),
    PRIMARY KEY (source, combination)
) STRICT, WITHOUT ROWID;
INSERT INTO combination_sources SELECT source, combination FROM sources_before;
DROP TABLE sources_before;
