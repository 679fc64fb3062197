-- Looks at some of the runs that are queued, puts those back that their queue has lost, and forgets those that are not
-- queued any more. KEYS: queued, people, suites. ARGV: prefix, first and last of them. Gives of each whose place is another
-- than was said: run, attempt, last event's number, how many runs are ahead, milliseconds since it was asked, last frame.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before_suites = redis.call('ZCARD', KEYS[2])
local moved = {}
local listed = redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[3], 'WITHSCORES')
for at = 1, #listed, 2 do
  local run = listed[at]
  local of_run = ARGV[1] .. ':{' .. run .. '}:'
  local held = redis.call('HMGET', of_run .. 'h', 'state', 'queue', 'attempt', 'last_seq', 'at', 'ahead')
  if run == '' then
    -- It stands for the list itself.
  elseif held[1] ~= 'queued' then
    redis.call('ZREM', KEYS[1], run)
  else
    local for_suites = held[2] == 'suites'
    local queue = for_suites and KEYS[3] or KEYS[2]
    redis.call('ZADD', queue, 'NX', listed[at + 1], run)
    local ahead = redis.call('ZRANK', queue, run) + (for_suites and before_suites or 0)
    if tostring(ahead) ~= held[6] then
      local last = redis.call('XREVRANGE', of_run .. 'ev', '+', '-', 'COUNT', 1)
      moved[#moved + 1] = {run, held[3], tonumber(held[4]), ahead, math.max(0, now - held[5]), last[1] and last[1][2][2] or ''}
    end
  end
end
return moved
