-- Returns how many renderers are heard of.
local time = redis.call('TIME')
return redis.call('ZCOUNT', KEYS[1] .. ':renderers', time[1] * 1000 + math.floor(time[2] / 1000), '+inf')
