-- Brings back a run that Redis lost, from the node that has it. KEYS: h. ARGV: prefix, run, session, record JSON, now,
-- node, attempt, title, session begun. Gives 1, or 0 where it is there again.
local P, run = ARGV[1], ARGV[2]
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local time = redis.call('TIME')
local number = redis.call('INCR', P .. ':number')
redis.call('HSET', KEYS[1], 'record', ARGV[4], 'number', number, 'session', ARGV[3], 'state', 'running', 'worker', ARGV[6],
  'attempt', ARGV[7], 'owner', ARGV[6], 'beat', 1, 'last_seq', 0,
  'at', time[1] * 1000 + math.floor(time[2] / 1000), 'history', '')
redis.call('ZADD', P .. ':runs', number, run)
local s = P .. ':s:' .. ARGV[3]
redis.call('HSETNX', s .. ':h', 'title', ARGV[8])
redis.call('HSETNX', s .. ':h', 'created_at', ARGV[9])
redis.call('HSETNX', s .. ':h', 'updated_at', ARGV[5])
redis.call('ZADD', s .. ':runs', number, run)
redis.call('ZADD', P .. ':sessions', redis.call('INCR', P .. ':touch'), ARGV[3])
redis.call('ZADD', P .. ':running', 1, run)
return 1
