-- ARGV: kind. Returns 1 while items of it wait or are taken by somebody who is at work.
take_back()
local waiting = redis.call('ZCARD', base .. ':queue:' .. ARGV[1])
local taken = tonumber(redis.call('HGET', base .. ':taken', ARGV[1]) or 0)
return (waiting > 0 or taken > 0) and 1 or 0
