-- Begins a look at the runs that are queued, for one node at a time. KEYS: queued, people, suites, looked, searched, running,
-- busy. ARGV: milliseconds that have to be between two looks. Gives nothing where a node looked just now, else how many runs
-- there are, and whether more have to be searched for. What one of the three lists has and another has lost is in ``queued``
-- again.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local looked = tonumber(redis.call('GET', KEYS[4]) or 0)
-- A clock that went back must not keep everybody from looking.
if looked <= now and now - looked < tonumber(ARGV[1]) then return false end
redis.call('SET', KEYS[4], now)
local count = redis.call('ZUNIONSTORE', KEYS[1], 3, KEYS[1], KEYS[2], KEYS[3], 'AGGREGATE', 'MIN')
-- The entry without a name is always there: where it is missing, the list itself was lost.
local lost = redis.call('ZADD', KEYS[1], 'NX', '+inf', '') == 1
if not lost then count = count - 1 end
-- Somebody has runs that are not over, and no list has one.
local unknown = count == 0 and redis.call('EXISTS', KEYS[6]) == 0 and redis.call('EXISTS', KEYS[7]) == 1
if lost or unknown then redis.call('SET', KEYS[5], '+inf', 'NX') end
return {count, redis.call('EXISTS', KEYS[5])}
