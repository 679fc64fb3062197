-- Adds a frame to the log of a run that is still queued. KEYS: h, ev, nodes. ARGV: prefix, run, attempt, seq, frame, how many
-- runs it says are ahead. Gives 1, or 0 where the run is not queued any more or its log continues differently.
local held = redis.call('HMGET', KEYS[1], 'state', 'attempt', 'last_seq')
if held[1] ~= 'queued' or held[2] ~= ARGV[3] or tonumber(held[3]) ~= ARGV[4] - 1 then return 0 end
redis.call('XADD', KEYS[2], ARGV[3] .. '-' .. ARGV[4], 'f', ARGV[5])
redis.call('HSET', KEYS[1], 'last_seq', ARGV[4], 'ahead', ARGV[6])
for _, node in ipairs(redis.call('SMEMBERS', KEYS[3])) do
  if redis.call('EXISTS', ARGV[1] .. ':node:' .. node) == 1 then
    redis.call('XADD', ARGV[1] .. ':wake:' .. node, 'MAXLEN', '~', 20000, '*', 'r', ARGV[2])
  else
    redis.call('SREM', KEYS[3], node)
  end
end
return 1
