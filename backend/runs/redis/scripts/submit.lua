-- Keeps a new run. KEYS: run h, key or ''. ARGV: prefix, run, session, record JSON, now (text), state, owner, queue,
-- session title, session begun, history JSON, number of files, files..., session's most files, person (or '').
-- Gives {'new', number}, {'exists'} for the same run again, {'taken', run} for a used key, {'file', id}, {'files'}.
local P, run, session = ARGV[1], ARGV[2], ARGV[3]
if redis.call('EXISTS', KEYS[1]) == 1 then return {'exists'} end
if KEYS[2] ~= '' then
  local earlier = redis.call('GET', KEYS[2])
  if earlier then return {'taken', earlier} end
end
local count = tonumber(ARGV[12])
local of_session = P .. ':s:' .. session .. ':files'
local fresh = 0
for at = 1, count do
  local file = ARGV[12 + at]
  local owner = redis.call('HGET', P .. ':file:session', file)
  if not owner or (owner ~= '' and owner ~= session) then return {'file', file} end
  if owner == '' then fresh = fresh + 1 end
end
if fresh > 0 and redis.call('SCARD', of_session) + fresh > tonumber(ARGV[13 + count]) then return {'files'} end
for at = 1, count do
  local file = ARGV[12 + at]
  redis.call('HSET', P .. ':file:session', file, session)
  redis.call('SREM', P .. ':file:unasked', file)
  redis.call('SADD', of_session, file)
end
local number = redis.call('INCR', P .. ':number')
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'record', ARGV[4], 'number', number, 'state', ARGV[6], 'attempt', 1, 'owner', ARGV[7],
  'beat', 1, 'last_seq', 0, 'at', now_ms, 'history', ARGV[11], 'session', session, 'key', KEYS[2])
if KEYS[2] ~= '' then redis.call('SET', KEYS[2], run) end
redis.call('ZADD', P .. ':runs', number, run)
local s = P .. ':s:' .. session
redis.call('HSETNX', s .. ':h', 'title', ARGV[9])
redis.call('HSETNX', s .. ':h', 'created_at', ARGV[10])
redis.call('HSET', s .. ':h', 'updated_at', ARGV[5])
redis.call('ZADD', s .. ':runs', number, run)
redis.call('ZADD', P .. ':sessions', redis.call('INCR', P .. ':touch'), session)
if ARGV[6] == 'queued' then
  -- The more runs of a conversation and of its person are not over, the later comes the next one: nobody waits for all of
  -- another's.
  local level = redis.call('HINCRBY', P .. ':busy', session, 1)
  local person = ARGV[14 + count]
  if person ~= '' then
    level = level + redis.call('HINCRBY', P .. ':busy', '@' .. person, 1)
    redis.call('HSET', KEYS[1], 'person', person)
  end
  for _, list in ipairs({P .. ':{q}:' .. ARGV[8], P .. ':queued'}) do
    redis.call('ZADD', list, math.min(level, 500) * 1e12 + number, run)
  end
  redis.call('HSET', KEYS[1], 'queue', ARGV[8])
  redis.call('XADD', P .. ':{q}:news', 'MAXLEN', '~', 100, '*', 'r', run)
else
  redis.call('HSET', KEYS[1], 'worker', ARGV[7])
  redis.call('ZADD', P .. ':running', 1, run)
end
return {'new', number}
