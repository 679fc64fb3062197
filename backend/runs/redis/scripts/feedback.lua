-- Keeps feedback. KEYS: h, fb of the run, key or ''. ARGV: prefix, id, JSON. Gives {'new'}, {'unknown'} or
-- {'taken', JSON of the earlier one}.
local P = ARGV[1]
if redis.call('EXISTS', KEYS[1]) == 0 then return {'unknown'} end
if KEYS[3] ~= '' then
  local earlier = redis.call('GET', KEYS[3])
  if earlier then return {'taken', redis.call('HGET', P .. ':fb', earlier)} end
  redis.call('SET', KEYS[3], ARGV[2])
  redis.call('HSET', P .. ':fb:keys', ARGV[2], KEYS[3])
end
local number = redis.call('INCR', P .. ':fb:number')
redis.call('HSET', P .. ':fb', ARGV[2], ARGV[3])
redis.call('ZADD', P .. ':fb:order', number, ARGV[2])
redis.call('ZADD', KEYS[2], number, ARGV[2])
return {'new'}
