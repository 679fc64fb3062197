-- Takes the next run of the queue. KEYS: people, suites, running. ARGV: prefix, node. Gives {run, attempt} or nothing.
for place = 1, 2 do
  local found = redis.call('ZRANGE', KEYS[place], 0, 0)
  while found[1] do
    local run = found[1]
    redis.call('ZREM', KEYS[place], run)
    redis.call('ZREM', ARGV[1] .. ':queued', run)
    local h = ARGV[1] .. ':{' .. run .. '}:h'
    if redis.call('HGET', h, 'state') == 'queued' then
      redis.call('HSET', h, 'state', 'running', 'owner', ARGV[2], 'worker', ARGV[2])
      redis.call('ZADD', KEYS[3], redis.call('HINCRBY', h, 'beat', 1), run)
      return {run, redis.call('HGET', h, 'attempt')}
    end
    found = redis.call('ZRANGE', KEYS[place], 0, 0)
  end
end
return false
