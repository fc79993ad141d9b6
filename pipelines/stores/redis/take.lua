-- ARGV: kind, least number of places, beginning of the key, lease, its length in ms, worker.
-- Returns id, item, id, item … in their order. Asked again under the same lease, it gives the same again.
local kind, least, beginning, lease, length_ms, worker = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
take_back()
local ends = now_ms() + length_ms
redis.call('ZADD', base .. ':workers', ends, worker)
local held = base .. ':held:' .. lease
if redis.call('EXISTS', held) == 0 then
  local queue = base .. ':queue:' .. kind
  local places
  if beginning == '' then
    -- A fair share: half of what would be one's own if all that wait were dealt out, so that who joins later finds some left.
    local share = math.ceil(redis.call('ZCARD', queue) / (2 * redis.call('ZCARD', base .. ':workers')))
    places = redis.call('ZRANGE', queue, 0, math.max(share, least) - 1)
  else
    places = {}
    for _, place in ipairs(redis.call('ZRANGE', queue, 0, -1)) do
      if string.sub(place, 1, #beginning) == beginning then places[#places + 1] = place end
    end
  end
  for _, place in ipairs(places) do
    for _, id in ipairs(ids_at(kind, place)) do
      redis.call('SADD', held, id)
      redis.call('HSET', base .. ':holder', id, lease)
      redis.call('HINCRBY', base .. ':taken', kind, 1)
    end
    put_ids(kind, place, {})
  end
  if #places > 0 then
    redis.call('ZADD', base .. ':leases', ends, lease)
    redis.call('EXPIRE', held, kept_s)
  end
end
local given = {}
for _, id in ipairs(redis.call('SMEMBERS', held)) do given[#given + 1] = { id, redis.call('HGET', base .. ':items', id) } end
table.sort(given, function(one, other)
  return tonumber(string.match(one[2], '^%d+')) < tonumber(string.match(other[2], '^%d+'))
end)
local flat = {}
for _, pair in ipairs(given) do
  flat[#flat + 1] = pair[1]
  flat[#flat + 1] = pair[2]
end
return flat
