-- ARGV: worker, length in ms, leases … A lease that ended is not made anew: others may have what was taken under it.
local ends = now_ms() + tonumber(ARGV[2])
redis.call('ZADD', base .. ':workers', ends, ARGV[1])
for _, name in ipairs({ 'items', 'done', 'off', 'places', 'leases', 'holder', 'taken', 'left', 'finished', 'workers', 'next' }) do
  redis.call('EXPIRE', base .. ':' .. name, kept_s)
end
for _, kind in ipairs(redis.call('HKEYS', base .. ':left')) do redis.call('EXPIRE', base .. ':queue:' .. kind, kept_s) end
for at = 3, #ARGV do redis.call('ZADD', base .. ':leases', 'XX', ends, ARGV[at]) end
