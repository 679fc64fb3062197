-- Takes one run out of the queue. KEYS: h, people, suites, running, queued. ARGV: run, node. Gives the attempt, or nothing
-- where it is not queued.
if redis.call('HGET', KEYS[1], 'state') ~= 'queued' then return false end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[5], ARGV[1])
redis.call('HSET', KEYS[1], 'state', 'running', 'owner', ARGV[2])
redis.call('ZADD', KEYS[4], redis.call('HINCRBY', KEYS[1], 'beat', 1), ARGV[1])
return redis.call('HGET', KEYS[1], 'attempt')
