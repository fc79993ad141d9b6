-- Enters what the answer to a page showed; nothing for a page that was never begun. Keys as in ask_page.lua.
-- ARGV: page, day, rows, adverts.
local kept = redis.call('HGET', KEYS[1] .. ':pages', ARGV[1])
if not kept then return 0 end
local asked, terms = string.match(kept, '^(%S+) %S+ %S+ %S+ (.*)$')
redis.call('HSET', KEYS[1] .. ':pages', ARGV[1], table.concat({ asked, ARGV[2], ARGV[3], ARGV[4], terms }, ' '))
return 1
