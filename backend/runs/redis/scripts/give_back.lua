-- Puts a run first in the queue again. KEYS: h, queue, running. ARGV: run, node, attempt, prefix.
local held = redis.call('HMGET', KEYS[1], 'owner', 'attempt', 'state')
if held[1] ~= ARGV[2] or held[2] ~= ARGV[3] or held[3] ~= 'running' then return 0 end
redis.call('HSET', KEYS[1], 'state', 'queued', 'owner', '')
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('HDEL', KEYS[1], 'ahead')
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('ZADD', ARGV[4] .. ':queued', 0, ARGV[1])
redis.call('XADD', ARGV[4] .. ':{q}:news', 'MAXLEN', '~', 100, '*', 'r', ARGV[1])
return 1
