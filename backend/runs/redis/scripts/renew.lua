-- Keeps a run for the node that has it. KEYS: h, nodes, cmd, running, tombstone. ARGV: run, node, attempt.
-- Gives {'ok', nodes that follow, last command, cancel}, or {'lost'}, {'gone'}, {'deleted'}.
local held = redis.call('HMGET', KEYS[1], 'owner', 'attempt', 'cancel', 'state')
if not held[2] then
  if redis.call('EXISTS', KEYS[5]) == 1 then return {'deleted'} end
  return {'gone'}
end
if held[1] ~= ARGV[2] or held[2] ~= ARGV[3] or held[4] ~= 'running' then return {'lost'} end
redis.call('ZADD', KEYS[4], redis.call('HINCRBY', KEYS[1], 'beat', 1), ARGV[1])
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
return {'ok', redis.call('SCARD', KEYS[2]), last[1] and last[1][1] or '', held[3] or ''}
