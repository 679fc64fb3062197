-- Puts a queued run into its queue where it is missing there. KEYS: h, queue. ARGV: run. Gives its place, from 0, or
-- nothing where it is not queued any more.
if redis.call('HGET', KEYS[1], 'state') ~= 'queued' then return false end
local place = redis.call('ZRANK', KEYS[2], ARGV[1])
if not place then
  redis.call('ZADD', KEYS[2], redis.call('HGET', KEYS[1], 'number'), ARGV[1])
  place = redis.call('ZRANK', KEYS[2], ARGV[1])
end
return place
