-- Searches some of all runs, the latest first, for those that no list has any more. KEYS: runs, queued, running, searched,
-- busy. ARGV: prefix, how many to look at. Gives how many were put back.
local below = redis.call('GET', KEYS[4])
if not below then return 0 end
if below ~= '+inf' then below = '(' .. below end
local found = redis.call('ZREVRANGEBYSCORE', KEYS[1], below, '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local back = 0
for at = 1, #found, 2 do
  local held = redis.call('HMGET', ARGV[1] .. ':{' .. found[at] .. '}:h', 'state', 'beat')
  if held[1] == 'queued' then
    -- How many others of its people were ahead is forgotten: the order is that of asking.
    back = back + redis.call('ZADD', KEYS[2], 'NX', 1e12 + found[at + 1], found[at])
  elseif held[1] == 'running' then
    back = back + redis.call('ZADD', KEYS[3], 'NX', held[2] or 0, found[at])
  end
end
if #found > 0 then
  redis.call('SET', KEYS[4], found[#found])
else
  redis.call('DEL', KEYS[4])
  -- Counts of runs that nobody has would make their people wait for ever.
  if redis.call('ZCARD', KEYS[2]) <= 1 and redis.call('EXISTS', KEYS[3]) == 0 then redis.call('DEL', KEYS[5]) end
end
return back
