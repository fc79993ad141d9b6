-- ARGV: id, then id, payload … of what it led to. The first to finish counts; what a second one found is added all the same.
local id = ARGV[1]
if redis.call('SADD', base .. ':done', id) == 1 then
  local kind = string.match(id, '^%S+')
  local position
  if redis.call('HEXISTS', base .. ':items', id) == 1 then
    position = position_of(id)
    take_out(id)
    redis.call('HINCRBY', base .. ':left', kind, -1)
  else
    position = redis.call('INCR', base .. ':next')
  end
  redis.call('HSET', base .. ':items', id, position .. ' ')
  redis.call('HINCRBY', base .. ':finished', kind, 1)
end
for at = 2, #ARGV, 2 do add(ARGV[at], ARGV[at + 1]) end
