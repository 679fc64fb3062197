-- Takes a run from a node that is lost. KEYS: h, running. ARGV: node, the owner and the beat that were seen a lease
-- ago, run.
-- Gives {attempt, lost attempts}, or nothing where the owner has shown itself or the run is over.
local held = redis.call('HMGET', KEYS[1], 'state', 'owner', 'beat')
if held[1] ~= 'running' or held[2] ~= ARGV[2] or held[3] ~= ARGV[3] then return false end
redis.call('HSET', KEYS[1], 'owner', ARGV[1])
redis.call('ZADD', KEYS[2], redis.call('HINCRBY', KEYS[1], 'beat', 1), ARGV[4])
return {redis.call('HINCRBY', KEYS[1], 'attempt', 1), redis.call('HINCRBY', KEYS[1], 'lost', 1)}
