-- Snapshots of official pages keep their earlier versions, by the instant they were taken.

ALTER TABLE snapshots RENAME TO snapshots_before;
CREATE TABLE snapshots (
    url       TEXT NOT NULL,
    taken_at  TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (url, taken_at)
) STRICT;
INSERT INTO snapshots SELECT url, coalesce(json_extract(document, '$.taken_at'), ''), document FROM snapshots_before;
DROP TABLE snapshots_before;
