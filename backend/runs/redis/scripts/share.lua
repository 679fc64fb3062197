-- Shares a run or a session. KEYS: its h, shares. ARGV: share, JSON, the field of h that keeps its id. Gives {'new'},
-- {'unknown'} or {'taken', JSON of the earlier share}.
if redis.call('EXISTS', KEYS[1]) == 0 then return {'unknown'} end
local earlier = redis.call('HGET', KEYS[1], ARGV[3])
if earlier then
  local kept = redis.call('HGET', KEYS[2], earlier)
  if kept then return {'taken', kept} end
end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return {'new'}
