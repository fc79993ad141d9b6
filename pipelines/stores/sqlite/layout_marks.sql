-- Marks, who wears them, and the gangs that come of it (pipelines.marks). Everything here can be made anew from leads and evidence,
-- but for `is_common`, which staff declared.

CREATE TABLE mark_owners (
    number    INTEGER PRIMARY KEY,
    key       TEXT NOT NULL UNIQUE,
    suspects  INTEGER NOT NULL DEFAULT 0,
    gang      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX mark_owners_by_gang ON mark_owners (gang) WHERE gang;

CREATE TABLE mark_wearers (
    id        TEXT PRIMARY KEY,
    owner     INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    standing  TEXT NOT NULL,
    version   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mark_wearers_by_owner ON mark_wearers (owner);

CREATE TABLE marks (
    number      INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    value       TEXT NOT NULL,
    shown       TEXT NOT NULL,
    is_common   INTEGER NOT NULL DEFAULT 0,
    officials   INTEGER NOT NULL DEFAULT 0,
    suspects    INTEGER NOT NULL DEFAULT 0,
    cleared     INTEGER NOT NULL DEFAULT 0,
    bystanders  INTEGER NOT NULL DEFAULT 0,
    worth       INTEGER NOT NULL,
    UNIQUE (value, kind)
) STRICT;
CREATE INDEX marks_common ON marks (number) WHERE is_common;

CREATE TABLE worn_marks (
    wearer  TEXT NOT NULL,
    mark    INTEGER NOT NULL,
    PRIMARY KEY (wearer, mark)
) STRICT, WITHOUT ROWID;

CREATE TABLE mark_counts (
    mark       INTEGER NOT NULL,
    owner      INTEGER NOT NULL,
    official   INTEGER NOT NULL,
    suspect    INTEGER NOT NULL,
    cleared    INTEGER NOT NULL,
    bystander  INTEGER NOT NULL,
    PRIMARY KEY (mark, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX mark_counts_by_owner ON mark_counts (owner, mark);

-- A number is never given twice: an old paper that names G7 must not come to mean another gang.
CREATE TABLE gangs (number INTEGER PRIMARY KEY AUTOINCREMENT, merged_into INTEGER NOT NULL DEFAULT 0) STRICT;
