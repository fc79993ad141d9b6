-- The work of one run. Its keys all begin with KEYS[1]:
--   items         hash  id -> "<position> <payload>"; an id is "<kind> <key>"; the payload of what is done is dropped
--   done, off     sets  ids that are finished; ids put off until somebody resumes the run
--   queue:<kind>  zset  place -> position of the first item that waits there
--   places        hash  "<kind> <place>" -> JSON list of the ids that wait there
--   leases        zset  lease -> when it ends, in ms of this server's clock
--   held:<lease>  set   ids taken under it
--   holder        hash  id -> the lease it is taken under
--   taken, left, finished   hashes  kind -> number of ids
--   workers       zset  worker -> when it counts as gone
--   next          the last position that was given out
local base = KEYS[1]

-- A run nobody works on is forgotten after so long.
local kept_s = 14 * 86400

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Visits of one address are done together, whatever scheme they name and however many ways led there.
local function place_of(id)
  local kind, key = string.match(id, '^(%S+) (.*)$')
  return kind, string.match(key, '^%a[%w+.-]*://(%S+)') or key
end

local function position_of(id)
  return tonumber(string.match(redis.call('HGET', base .. ':items', id), '^%d+'))
end

local function ids_at(kind, place)
  local listed = redis.call('HGET', base .. ':places', kind .. ' ' .. place)
  return listed and cjson.decode(listed) or {}
end

local function put_ids(kind, place, ids)
  local queue, at = base .. ':queue:' .. kind, kind .. ' ' .. place
  if #ids == 0 then
    redis.call('HDEL', base .. ':places', at)
    redis.call('ZREM', queue, place)
    return
  end
  local first = position_of(ids[1])
  for _, id in ipairs(ids) do first = math.min(first, position_of(id)) end
  redis.call('HSET', base .. ':places', at, cjson.encode(ids))
  redis.call('ZADD', queue, first, place)
end

local function let_wait(id)
  local kind, place = place_of(id)
  local ids = ids_at(kind, place)
  ids[#ids + 1] = id
  put_ids(kind, place, ids)
end

-- Take an id out of wherever it is: held, put off, or waiting.
local function take_out(id)
  local kind, place = place_of(id)
  local lease = redis.call('HGET', base .. ':holder', id)
  if lease then
    redis.call('HDEL', base .. ':holder', id)
    redis.call('SREM', base .. ':held:' .. lease, id)
    redis.call('HINCRBY', base .. ':taken', kind, -1)
  elseif redis.call('SREM', base .. ':off', id) == 0 then
    local rest = {}
    for _, other in ipairs(ids_at(kind, place)) do
      if other ~= id then rest[#rest + 1] = other end
    end
    put_ids(kind, place, rest)
  end
end

local function add(id, payload)
  if redis.call('HEXISTS', base .. ':items', id) == 1 then return 0 end
  local position = redis.call('INCR', base .. ':next')
  redis.call('HSET', base .. ':items', id, position .. ' ' .. payload)
  redis.call('HINCRBY', base .. ':left', string.match(id, '^%S+'), 1)
  let_wait(id)
  return 1
end

local function end_lease(lease)
  for _, id in ipairs(redis.call('SMEMBERS', base .. ':held:' .. lease)) do
    take_out(id)
    let_wait(id)
  end
  redis.call('DEL', base .. ':held:' .. lease)
  redis.call('ZREM', base .. ':leases', lease)
end

-- What workers had taken that were not heard of for a lease waits again, where it waited before.
local function take_back()
  local now = now_ms()
  for _, lease in ipairs(redis.call('ZRANGEBYSCORE', base .. ':leases', '-inf', now)) do end_lease(lease) end
  redis.call('ZREMRANGEBYSCORE', base .. ':workers', '-inf', now)
end
