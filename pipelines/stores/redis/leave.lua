-- ARGV: worker, leases … What was taken under them and is not finished waits again at once.
redis.call('ZREM', base .. ':workers', ARGV[1])
for at = 2, #ARGV do end_lease(ARGV[at]) end
