-- Feeds: how far each was read, and the names each has reported already.

CREATE TABLE feed_bookmarks (feed TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE feed_reported (
    feed           TEXT NOT NULL,
    name           TEXT NOT NULL,
    first_seen_us  INTEGER NOT NULL,
    PRIMARY KEY (feed, name)
) STRICT, WITHOUT ROWID;
