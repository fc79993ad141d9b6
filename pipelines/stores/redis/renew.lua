-- ARGV: worker, length in ms, leases … A lease that ended is not made anew: others may have what was taken under it.
local ends = now_ms() + tonumber(ARGV[2])
redis.call('ZADD', base .. ':workers', ends, ARGV[1])
for at = 3, #ARGV do redis.call('ZADD', base .. ':leases', 'XX', ends, ARGV[at]) end
