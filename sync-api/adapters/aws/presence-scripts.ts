// What is done to the presence of a document in Redis, as scripts: each is whole or not at all.

/**
 * KEYS: people. ARGV: person and tab, connection, state or '' for an end, ms since 1970, tabs and people at most, lifetime in
 * seconds. Answers 1 when it stands, 0 when it came too late to count, -1 when there is no room.
 */
export const setPresenceScript = `
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before then
  local known = cjson.decode(before)
  if ARGV[3] == '' and known.c ~= ARGV[2] then return 0 end
  if known.t > tonumber(ARGV[4]) then return 0 end
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  return before and 1 or 0
end
if not before then
  if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[6]) then return -1 end
  local own = 0
  for _, value in ipairs(redis.call('HVALS', KEYS[1])) do
    if cjson.decode(value).c == ARGV[2] then own = own + 1 end
  end
  if own >= tonumber(ARGV[5]) then return -1 end
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({ c = ARGV[2], s = ARGV[3], t = tonumber(ARGV[4]) }))
redis.call('EXPIRE', KEYS[1], ARGV[7])
return 1
`

/** KEYS: people. ARGV: connection. Takes out its tabs, and answers their names. */
export const endPresenceScript = `
local ended = {}
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  if cjson.decode(all[at + 1]).c == ARGV[1] then
    redis.call('HDEL', KEYS[1], all[at])
    ended[#ended + 1] = all[at]
  end
end
return ended
`

/** KEYS: people. Answers names and states, one after the other, with the connection of each. */
export const peopleScript = `
local people = {}
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  local known = cjson.decode(all[at + 1])
  people[#people + 1] = all[at]
  people[#people + 1] = known.c
  people[#people + 1] = known.s
end
return people
`
