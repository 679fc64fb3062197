-- Begins a new attempt of a run, for the node that has it. KEYS: h. ARGV: node, attempt. Gives 1, or 0 where the run is
-- not this node's any more.
local held = redis.call('HMGET', KEYS[1], 'owner', 'attempt', 'state')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] or held[3] ~= 'running' then return 0 end
redis.call('HINCRBY', KEYS[1], 'attempt', 1)
return 1
