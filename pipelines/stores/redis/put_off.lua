-- ARGV: ids that cannot be done now. Nobody is given them until the run is resumed.
for _, id in ipairs(ARGV) do
  if redis.call('SISMEMBER', base .. ':done', id) == 0 and redis.call('HEXISTS', base .. ':items', id) == 1 then
    take_out(id)
    redis.call('SADD', base .. ':off', id)
  end
end
