-- What was put off waits again.
for _, id in ipairs(redis.call('SMEMBERS', base .. ':off')) do
  redis.call('SREM', base .. ':off', id)
  let_wait(id)
end
