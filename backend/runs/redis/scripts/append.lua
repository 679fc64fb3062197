-- Adds frames to a log, for the node that has the run. KEYS: h, ev, nodes, tombstone, cmd. ARGV: prefix, run, node, attempt,
-- first seq, number of frames, frames..., then for the end: fields of h (name, value)... Gives {'ok'}, {'lost'},
-- {'gone'} (no such run here), {'deleted'} or {'behind', last seq} where the log is shorter than the writer knows it.
local P, run, attempt, first, count = ARGV[1], ARGV[2], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local held = redis.call('HMGET', KEYS[1], 'owner', 'attempt', 'state')
if not held[2] then
  if redis.call('EXISTS', KEYS[4]) == 1 then return {'deleted'} end
  return {'gone'}
end
local ending = #ARGV > 6 + count
if held[3] == 'ended' and held[2] == attempt and ending then return {'ok'} end
if held[1] ~= ARGV[3] or held[2] ~= attempt or held[3] == 'ended' then return {'lost'} end
local last = 0
local tail = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
if tail[1] then last = tonumber(string.match(tail[1][1], '-(%d+)$')) end
if last < first - 1 then return {'behind', last} end
for at = 1, count do
  local seq = first + at - 1
  -- What an earlier call has added already, whose answer was lost, is passed over.
  if seq > last then redis.call('XADD', KEYS[2], attempt .. '-' .. seq, 'f', ARGV[6 + at]) end
end
redis.call('HSET', KEYS[1], 'last_seq', math.max(last, first + count - 1))
if ending then
  for at = 7 + count, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
  redis.call('HSET', KEYS[1], 'state', 'ended', 'owner', '')
  redis.call('ZREM', P .. ':running', run)
  redis.call('DEL', KEYS[5])
  -- Once for each run: a second end is refused above.
  redis.call('HINCRBY', P .. ':ended', redis.call('HGET', KEYS[1], 'outcome'), 1)
  local session = redis.call('HGET', KEYS[1], 'session')
  if redis.call('EXISTS', P .. ':s:' .. session .. ':h') == 1 then
    redis.call('ZADD', P .. ':sessions', redis.call('INCR', P .. ':touch'), session)
    redis.call('HSET', P .. ':s:' .. session .. ':h', 'updated_at', redis.call('HGET', KEYS[1], 'ended_at'))
  end
  local bytes = 0
  for place = 1, 2 do
    -- Where this command is not allowed, nothing is counted.
    local used = redis.pcall('MEMORY', 'USAGE', KEYS[place], 'SAMPLES', 0)
    if type(used) == 'number' then bytes = bytes + used end
  end
  redis.call('HSET', KEYS[1], 'bytes', bytes)
  redis.call('INCRBY', P .. ':bytes', bytes)
  if redis.call('HDEL', KEYS[1], 'queue') == 1 then
    local person = redis.call('HGET', KEYS[1], 'person')
    for _, busy in ipairs({session, person and '@' .. person or nil}) do
      if redis.call('HINCRBY', P .. ':busy', busy, -1) <= 0 then redis.call('HDEL', P .. ':busy', busy) end
    end
  end
end
for _, node in ipairs(redis.call('SMEMBERS', KEYS[3])) do
  if redis.call('EXISTS', P .. ':node:' .. node) == 1 then
    redis.call('XADD', P .. ':wake:' .. node, 'MAXLEN', '~', 20000, '*', 'r', run)
  else
    redis.call('SREM', KEYS[3], node)
  end
end
if ending then redis.call('DEL', KEYS[3]) end
return {'ok'}
