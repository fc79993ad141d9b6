-- When each watched lead is to be looked at again (`pipelines.rechecks.plan.due_at`), so that a sweep reads what is due and nothing else.

-- 0: not reckoned yet. `SqliteLeads` does that when it opens the file; the plan cannot be said in SQL.
CREATE TABLE lead_rechecks (
    number  INTEGER PRIMARY KEY REFERENCES leads (number),
    due_us  INTEGER NOT NULL
) STRICT;
CREATE INDEX rechecks_by_due ON lead_rechecks (due_us, number);
INSERT INTO lead_rechecks
    SELECT number, 0 FROM lead_keys JOIN lead_combinations USING (combination)
    WHERE status IN ('confirmed', 'disposing', 'referred', 'actioned', 'verified', 'closed');
