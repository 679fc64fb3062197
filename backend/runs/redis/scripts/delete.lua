-- Deletes a run, or a whole session with its runs. KEYS: none. ARGV: prefix, 'run', 'session' or 'old' (a run, if nobody
-- needs it), id, seconds for which it is remembered that they are gone. Gives the runs that were deleted, or nothing where
-- there is no such thing.
local P = ARGV[1]

local function key(run, part) return P .. ':{' .. run .. '}:' .. part end

local function forget_shares(h)
  for _, field in ipairs(redis.call('HKEYS', h)) do
    if string.sub(field, 1, 6) == 'share:' then redis.call('HDEL', P .. ':shares', redis.call('HGET', h, field)) end
  end
end

local function forget(run, session)
  local h = key(run, 'h')
  local value = redis.call('HGET', h, 'key')
  if value and redis.call('GET', value) == run then redis.call('DEL', value) end
  forget_shares(h)
  for _, feedback in ipairs(redis.call('ZRANGE', key(run, 'fb'), 0, -1)) do
    local named = redis.call('HGET', P .. ':fb:keys', feedback)
    if named then redis.call('DEL', named) end
    redis.call('HDEL', P .. ':fb:keys', feedback)
    redis.call('HDEL', P .. ':fb', feedback)
    redis.call('ZREM', P .. ':fb:order', feedback)
  end
  redis.call('SET', key(run, 'gone'), 1, 'EX', ARGV[4])
  for _, node in ipairs(redis.call('SMEMBERS', key(run, 'nodes'))) do
    redis.call('XADD', P .. ':wake:' .. node, 'MAXLEN', '~', 20000, '*', 'g', run)
  end
  if redis.call('HEXISTS', h, 'queue') == 1 then
    local person = redis.call('HGET', h, 'person')
    for _, busy in ipairs({session, person and '@' .. person or nil}) do
      if redis.call('HINCRBY', P .. ':busy', busy, -1) <= 0 then redis.call('HDEL', P .. ':busy', busy) end
    end
  end
  redis.call('DECRBY', P .. ':bytes', redis.call('HGET', h, 'bytes') or 0)
  redis.call('DEL', h, key(run, 'ev'), key(run, 'cmd'), key(run, 'nodes'), key(run, 'fb'))
  redis.call('ZREM', P .. ':runs', run)
  redis.call('ZREM', P .. ':running', run)
  redis.call('ZREM', P .. ':{q}:people', run)
  redis.call('ZREM', P .. ':{q}:suites', run)
  redis.call('ZREM', P .. ':queued', run)
  redis.call('ZREM', P .. ':s:' .. session .. ':runs', run)
end

local function forget_file(file, session)
  redis.call('HDEL', P .. ':file:session', file)
  redis.call('HDEL', P .. ':files', file)
  redis.call('ZREM', P .. ':file:order', file)
  redis.call('SREM', P .. ':s:' .. session .. ':files', file)
end

local function files_of(run)
  local found = {}
  local record = redis.call('HGET', key(run, 'h'), 'record')
  for _, each in ipairs(record and cjson.decode(record).attachments or {}) do found[each.file_id] = true end
  return found
end

local function forget_session(session)
  local s = P .. ':s:' .. session
  for _, file in ipairs(redis.call('SMEMBERS', s .. ':files')) do forget_file(file, session) end
  forget_shares(s .. ':h')
  redis.call('DEL', s .. ':h', s .. ':runs', s .. ':files')
  redis.call('ZREM', P .. ':sessions', session)
end

if ARGV[2] == 'session' then
  local s = P .. ':s:' .. ARGV[3]
  if redis.call('EXISTS', s .. ':h') == 0 then return false end
  local runs = redis.call('ZRANGE', s .. ':runs', 0, -1)
  for _, run in ipairs(runs) do forget(run, ARGV[3]) end
  forget_session(ARGV[3])
  return runs
end

local function is_needed(run)
  local h = key(run, 'h')
  if redis.call('ZCARD', key(run, 'fb')) > 0 then return true end
  for _, field in ipairs(redis.call('HKEYS', h)) do
    if string.sub(field, 1, 6) == 'share:' and redis.call('HEXISTS', P .. ':shares', redis.call('HGET', h, field)) == 1 then
      return true
    end
  end
  for _, other in ipairs(redis.call('ZRANGE', P .. ':s:' .. redis.call('HGET', h, 'session') .. ':runs', 0, -1)) do
    if redis.call('HGET', key(other, 'h'), 'state') ~= 'ended' then return true end
  end
  return false
end

local run = ARGV[3]
if ARGV[2] == 'old' and (redis.call('EXISTS', key(run, 'h')) == 0 or is_needed(run)) then return false end
local record = redis.call('HGET', key(run, 'h'), 'record')
if not record then return false end
local session = redis.call('HGET', key(run, 'h'), 'session')
local own = files_of(run)
forget(run, session)
local left = redis.call('ZRANGE', P .. ':s:' .. session .. ':runs', 0, -1)
if not left[1] then
  forget_session(session)
  return {run}
end
for _, other in ipairs(left) do
  for file, _ in pairs(files_of(other)) do own[file] = nil end
end
for file, _ in pairs(own) do forget_file(file, session) end
local h = P .. ':s:' .. session .. ':h'
if redis.call('HGET', h, 'title') == cjson.decode(record).question then
  redis.call('HSET', h, 'title', cjson.decode(redis.call('HGET', key(left[1], 'h'), 'record')).question)
end
return {run}
