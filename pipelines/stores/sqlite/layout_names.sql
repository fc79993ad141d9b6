-- Watched names, the log of what became of them, and up to where staff have read it.

CREATE TABLE names (
    host            TEXT PRIMARY KEY,
    version         INTEGER NOT NULL,
    presence        TEXT NOT NULL,
    due_us          INTEGER NOT NULL,
    score_permille  INTEGER NOT NULL,
    document        TEXT NOT NULL
) STRICT;
CREATE INDEX names_by_due ON names (due_us, -score_permille, host);
CREATE INDEX names_by_presence ON names (presence);

-- A position is never given twice, so that "read up to here" holds whatever is cut from the log one day.
CREATE TABLE name_changes (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    host       TEXT NOT NULL,
    imitates   TEXT NOT NULL,
    noted_us   INTEGER NOT NULL,
    is_notice  INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE INDEX name_notices ON name_changes (position) WHERE is_notice;
CREATE INDEX name_changes_by_time ON name_changes (noted_us);

CREATE TABLE name_looks (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL) STRICT;
