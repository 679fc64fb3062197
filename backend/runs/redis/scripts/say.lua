-- Says something to every other node that attends to a topic. KEYS: nodes of the topic. ARGV: prefix, node, topic, text.
for _, node in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if node ~= ARGV[2] then
    if redis.call('EXISTS', ARGV[1] .. ':node:' .. node) == 1 then
      redis.call('XADD', ARGV[1] .. ':wake:' .. node, 'MAXLEN', '~', 20000, '*', 't', ARGV[3], 'from', ARGV[2], 'b', ARGV[4])
    else
      redis.call('SREM', KEYS[1], node)
    end
  end
end
return 1
