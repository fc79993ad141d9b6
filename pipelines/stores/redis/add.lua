-- ARGV: id, payload, id, payload … Returns how many were new.
local count = 0
for at = 1, #ARGV, 2 do count = count + add(ARGV[at], ARGV[at + 1]) end
return count
