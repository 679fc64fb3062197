-- Deletes those of the files that no question was asked with. KEYS: files, file:session, file:order, file:unasked.
-- ARGV: files... Gives the ids of those that were deleted.
local gone = {}
for _, file in ipairs(ARGV) do
  if redis.call('SREM', KEYS[4], file) == 1 then
    redis.call('HDEL', KEYS[1], file)
    redis.call('HDEL', KEYS[2], file)
    redis.call('ZREM', KEYS[3], file)
    gone[#gone + 1] = file
  end
end
return gone
