-- Facts about names with their time of expiry; see `fact_cache.py`.

CREATE TABLE fact_cache (
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,
    document    TEXT NOT NULL,
    expires_us  INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_cache_by_expiry ON fact_cache (expires_us);
