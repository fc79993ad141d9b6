-- ARGV: job. Returns 1 while it waits, or a renderer that is heard of has it.
local time = redis.call('TIME')
local renderer = redis.call('GET', KEYS[1] .. ':by:' .. ARGV[1])
if renderer then
  local ends = redis.call('ZSCORE', KEYS[1] .. ':renderers', renderer)
  return (ends and tonumber(ends) > time[1] * 1000 + math.floor(time[2] / 1000)) and 1 or 0
end
for _, name in ipairs(redis.call('LRANGE', KEYS[1] .. ':jobs', 0, -1)) do
  if name == ARGV[1] then return 1 end
end
return 0
