-- Begins a look at the runs that are queued, for one node at a time. KEYS: queued, people, suites, looked. ARGV: milliseconds
-- that have to be between two looks. Gives how many runs there are, or nothing where a node looked just now. What one of the
-- three lists has and another has lost is in ``queued`` again.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local looked = tonumber(redis.call('GET', KEYS[4]) or 0)
-- A clock that went back must not keep everybody from looking.
if looked <= now and now - looked < tonumber(ARGV[1]) then return false end
redis.call('SET', KEYS[4], now)
return redis.call('ZUNIONSTORE', KEYS[1], 3, KEYS[1], KEYS[2], KEYS[3], 'AGGREGATE', 'MIN')
