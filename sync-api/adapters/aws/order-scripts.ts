// What Redis does with the order of a log, each in one go. All keys of a log have one hash tag, so they live in one slot.
//
// o: id, first, last   e: the entries, oldest first   p: key -> number   k: keys in the order they came   u: numbers not durable
// w: numbers of which not everybody is known to have been told

const view = `
local function view(after, max)
  local o = redis.call('HMGET', KEYS[1], 'id', 'first', 'last')
  if not o[1] then return false end
  local first, last = tonumber(o[2]), tonumber(o[3])
  local from = math.min(math.max(after + 1, first), last + 1)
  local entries = {}
  if from <= last and max > 0 then
    entries = redis.call('LRANGE', KEYS[2], from - first, from - first + max - 1)
  end
  local unsettled = redis.call('ZRANGE', KEYS[5], 0, -1)
  return { o[1], o[2], o[3], string.format('%d', from), unsettled, entries }
end
local function keep(seconds)
  for at = 1, 6 do redis.call('EXPIRE', KEYS[at], seconds) end
end
`

/** after, max */
export const readScript = `${view}
return view(tonumber(ARGV[1]), tonumber(ARGV[2]))`

/** after, max, id, seconds */
export const beginScript = `${view}
if redis.call('HSETNX', KEYS[1], 'id', ARGV[3]) == 1 then
  redis.call('HSET', KEYS[1], 'first', ARGV[1] + 1, 'last', ARGV[1])
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
  keep(ARGV[4])
end
return view(tonumber(ARGV[1]), tonumber(ARGV[2]))`

/** entries kept, keys kept, seconds, then for each: key, 1 if durable, entry */
export const addScript = `${view}
local o = redis.call('HMGET', KEYS[1], 'id', 'first', 'last')
if not o[1] then return false end
local first, last = tonumber(o[2]), tonumber(o[3])
local places = { o[1] }
for at = 4, #ARGV, 3 do
  local key, durable, entry = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local sequence = redis.call('HGET', KEYS[3], key)
  if sequence then
    if durable == '1' then redis.call('ZREM', KEYS[5], sequence) end
    places[#places + 1] = sequence
    places[#places + 1] = '0'
    places[#places + 1] = redis.call('ZSCORE', KEYS[6], sequence) and '0' or '1'
  else
    last = last + 1
    redis.call('RPUSH', KEYS[2], entry)
    redis.call('RPUSH', KEYS[4], key)
    redis.call('HSET', KEYS[3], key, last)
    if durable ~= '1' then redis.call('ZADD', KEYS[5], last, last) end
    redis.call('ZADD', KEYS[6], last, last)
    places[#places + 1] = tostring(last)
    places[#places + 1] = '1'
    places[#places + 1] = '0'
  end
end
local unsettled = tonumber(redis.call('ZRANGE', KEYS[5], 0, 0)[1])
while last - first + 1 > tonumber(ARGV[1]) and (not unsettled or unsettled > first) do
  redis.call('LPOP', KEYS[2])
  first = first + 1
end
redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', first - 1)
while redis.call('LLEN', KEYS[4]) > tonumber(ARGV[2]) do
  redis.call('HDEL', KEYS[3], redis.call('LPOP', KEYS[4]))
end
redis.call('HSET', KEYS[1], 'first', first, 'last', last)
keep(ARGV[3])
return places`

/** id, numbers */
export const reachedScript = `
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return false end
for at = 2, #ARGV do redis.call('ZREM', KEYS[6], ARGV[at]) end
return 1`

/** No arguments. */
export const unsettledScript = `
local o = redis.call('HMGET', KEYS[1], 'id', 'first')
if not o[1] then return false end
local found = {}
for _, sequence in ipairs(redis.call('ZRANGE', KEYS[5], 0, -1)) do
  found[#found + 1] = sequence
  found[#found + 1] = redis.call('LINDEX', KEYS[2], sequence - tonumber(o[2]))
end
return found`

/** keys */
export const knowsScript = `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
for at = 1, #ARGV do
  if redis.call('HEXISTS', KEYS[3], ARGV[at]) == 0 then return 0 end
end
return 1`
