-- Keeps a file that no question was asked with. KEYS: files, file:session, file:order, file:unasked, number. ARGV: file,
-- JSON, the most that may wait. Gives 1, or 0 where too many wait.
if redis.call('SCARD', KEYS[4]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], '')
redis.call('ZADD', KEYS[3], redis.call('INCR', KEYS[5]), ARGV[1])
redis.call('SADD', KEYS[4], ARGV[1])
return 1
