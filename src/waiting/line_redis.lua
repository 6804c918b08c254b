-- line_redis.lua: the rules of a line; what is to be done is the first argument, the second the
-- number of events that are durable. A line that has lost some of them, or has not been read back
-- to the end, takes nobody: whoever joined it then would get another fan's number.
--
--   counts   hash: joined, drawn, number, serving, doors, called, entered, s0 ... s8,
--            arrived, at; whole: all that was durable is here;
--            clock: silence is measured by it; beat: the steady time of the leader's last sign
--   fans     hash: fan -> sequence of the latest place
--   places   hash: sequence -> fan|state|door|turn|until|ended|entry's until|places before
--   waiting  sorted set: sequence by turn
--   hall     sorted set: sequence by sequence
--   seen     sorted set: sequence by when it was seen last, in the hall and waiting
--   due      sorted set: sequence by until when, called and inside
--   journal  list: number|kind|sequence|turn|fan|door|until|at|before
--   gate     set: sequences of those who were called, and came when it was full
--   lead     the node that leads, with a life span
--   shown    its document
--
-- The table of moves is that of line.c; the contract suite holds the two against each other.
-- Numbers above 2^31 stay texts on their way through: Lua 5.1 writes them as floats.

local HALL, WAITING, CALLED, ENTERED, BOUGHT = 0, 1, 2, 3, 4
local EARLIER_MAX = 7 -- limits.h: WAITING_EARLIER_MAX
local after = {A = 2, E = 3, K = 3, B = 4, L = 5, X = 6, M = 7, T = 8}
local from = {A = {[1] = 1}, E = {[2] = 1}, M = {[2] = 1}, K = {[3] = 1}, B = {[3] = 1},
  T = {[3] = 1}, X = {[0] = 1, [1] = 1}, L = {[0] = 1, [1] = 1, [2] = 1, [3] = 1}}
local counts, fans, places, waiting, hall, seen, due, journal, gate, lead, shown = unpack(KEYS)
local function count(name, by) return redis.call('HINCRBY', counts, name, by) end
local function number_of(name) return tonumber(redis.call('HGET', counts, name) or '0') end
local function read(sequence)
  local words = redis.call('HGET', places, sequence)
  if not words then return nil end
  local fan, state, door, turn, till, ended, entry, earlier =
    string.match(words, '(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)')
  return {sequence = sequence, fan = fan, state = tonumber(state), door = door, turn = turn,
    till = till, ended = ended, entry = entry, earlier = earlier}
end
local function words_of(p)
  return p.fan .. '|' .. p.state .. '|' .. p.door .. '|' .. p.turn .. '|' .. p.till .. '|' ..
    p.ended .. '|' .. p.entry .. '|' .. p.earlier
end
local function write(p) redis.call('HSET', places, p.sequence, words_of(p)) end
local function latest(fan)
  local sequence = redis.call('HGET', fans, fan)
  if sequence then return read(sequence) end
  return nil
end
local function note(kind, sequence, turn, fan, door, till, at, before)
  local number = count('number', 1)
  local last = redis.call('HGET', counts, 'at') or '0'
  if tonumber(at) < tonumber(last) then at = last end
  redis.call('HSET', counts, 'at', at)
  redis.call('RPUSH', journal, number .. '|' .. kind .. '|' .. sequence .. '|' .. turn .. '|'
    .. fan .. '|' .. door .. '|' .. till .. '|' .. at .. '|' .. before)
end
local function move(p, state)
  count('s' .. p.state, -1)
  count('s' .. state, 1)
  p.state = state
end
local function happen(p, kind, till, wall)
  note(kind, p.sequence, p.turn, p.fan, 0, till, wall, p.state)
  redis.call('ZREM', waiting, p.sequence)
  redis.call('ZREM', hall, p.sequence)
  redis.call('ZREM', seen, p.sequence)
  redis.call('ZREM', due, p.sequence)
  move(p, after[kind])
  p.till = till
  if kind == 'E' then p.entry = till end
  if p.state >= BOUGHT then
    p.till = '0'
    p.entry = '0'
    p.ended = string.format('%.0f', math.floor(tonumber(redis.call('HGET', counts, 'at')) / 1000))
  else
    redis.call('ZADD', due, till, p.sequence)
  end
  write(p)
  if kind == 'A' then
    redis.call('HSET', counts, 'serving', p.turn)
    count('called', 1)
  end
  local stood = redis.call('SREM', gate, p.sequence)
  if kind == 'E' then
    count('entered', 1)
    if stood == 0 then count('arrived', 1) end
  end
end
local function give_turn(p)
  p.turn = tostring(count('drawn', 1))
  redis.call('ZADD', waiting, p.turn, p.sequence)
end
local function is_open(door)
  local doors = number_of('doors')
  return math.floor(doors / 2 ^ tonumber(door)) % 2 == 1
end
local function clock(steady)
  redis.call('HSETNX', counts, 'clock', steady)
  return redis.call('HGET', counts, 'clock')
end
local function see(p, steady)
  if p.state <= WAITING then redis.call('ZADD', seen, clock(steady), p.sequence) end
end
local function add(fan, door, wall, steady)
  local before = latest(fan)
  local sequence = tostring(count('joined', 1))
  local p = {sequence = sequence, fan = fan, state = HALL, door = door, turn = '0', till = '0',
    ended = '0', entry = '0', earlier = '0'}
  if before then p.earlier = tostring(math.min(tonumber(before.earlier) + 1, EARLIER_MAX)) end
  redis.call('HSET', fans, fan, sequence)
  note('J', sequence, 0, fan, door, 0, wall, 0)
  if is_open(door) or is_open(0) then
    p.state = WAITING
    give_turn(p)
  else
    redis.call('ZADD', hall, sequence, sequence)
  end
  count('s' .. p.state, 1)
  write(p)
  see(p, steady)
  return p
end
local function has_ended(p) return not p or p.state >= BOUGHT end
local function ahead(p)
  if p.state == WAITING then return redis.call('ZRANK', waiting, p.sequence) end
  if p.state == HALL then
    return redis.call('ZCARD', waiting) + redis.call('ZRANK', hall, p.sequence)
  end
  return 0
end
local function has_lost(durable)
  return redis.call('HEXISTS', counts, 'whole') == 0 or number_of('number') < tonumber(durable)
end
local ops = {}
function ops.join(fan, door, wall, steady, most)
  local p = latest(fan)
  local is_new = 0
  if has_ended(p) then
    if number_of('joined') >= tonumber(most) then return {'full'} end
    p = add(fan, door, wall, steady)
    is_new = 1
  end
  see(p, steady)
  return {'ok', p.sequence, words_of(p), tostring(is_new)}
end
function ops.find(fan, steady)
  local p = latest(fan)
  if not p then return {'missing'} end
  see(p, steady)
  return {'ok', p.sequence, words_of(p), tostring(ahead(p))}
end
function ops.touch(steady, all)
  for fan in string.gmatch(all, '%d+') do
    local p = latest(fan)
    if p then see(p, steady) end
  end
  return {'ok'}
end
function ops.leave(fan, wall)
  local p = latest(fan)
  if not p then return {'missing'} end
  if from.L[p.state] then happen(p, 'L', '0', wall) end
  return {'ok', p.sequence, words_of(p)}
end
function ops.hall(door, first, most)
  local found = redis.call('ZRANGEBYSCORE', hall, first, '+inf', 'LIMIT', 0, most)
  local mine = {}
  for _, sequence in ipairs(found) do
    if door == '0' or read(sequence).door == door then mine[#mine + 1] = sequence end
  end
  return {'ok', table.concat(mine, ','), found[#found] or '0'}
end
function ops.draw(door, wall, number, all)
  if is_open(door) then return {'ok'} end
  count('doors', 2 ^ tonumber(door))
  note('O', 0, number, 0, door, 0, wall, 0)
  for sequence in string.gmatch(all, '%d+') do
    local p = read(sequence)
    if p and p.state == HALL then
      redis.call('ZREM', hall, sequence)
      move(p, WAITING)
      give_turn(p)
      write(p)
    end
  end
  return {'ok'}
end
function ops.call(most, till, wall)
  local next_ones = redis.call('ZRANGE', waiting, 0, tonumber(most) - 1)
  for _, sequence in ipairs(next_ones) do happen(read(sequence), 'A', till, wall) end
  return {'ok', tostring(#next_ones)}
end
function ops.enter(fan, active_max, till, wall, longer)
  local p = latest(fan)
  if not p then return {'none'} end
  if p.state == ENTERED then return {'ok', p.sequence, words_of(p), '0'} end
  if p.state ~= CALLED then return {'missing', p.sequence, words_of(p)} end
  if number_of('s3') >= tonumber(active_max) then
    if tonumber(p.till) < tonumber(longer) then
      p.till = longer
      redis.call('ZADD', due, longer, p.sequence)
      write(p)
    end
    if redis.call('SADD', gate, p.sequence) == 1 then count('arrived', 1) end
    return {'full', p.sequence, words_of(p)}
  end
  happen(p, 'E', till, wall)
  return {'ok', p.sequence, words_of(p), '1'}
end
function ops.keep(fan, till, wall)
  local p = latest(fan)
  if p and p.state == ENTERED and tonumber(p.till) < tonumber(till) then
    happen(p, 'K', till, wall)
  end
  return {'ok'}
end
function ops.bought(fan, wall)
  local p = latest(fan)
  if p and p.state == ENTERED then happen(p, 'B', '0', wall) end
  return {'ok'}
end
function ops.sweep(idle, wall_s, most, wall, steady)
  local ended = 0
  local silent_since = string.format('%.0f', tonumber(clock(steady)) - tonumber(idle))
  local silent = redis.call('ZRANGEBYSCORE', seen, '-inf', silent_since, 'LIMIT', 0, most)
  for _, sequence in ipairs(silent) do happen(read(sequence), 'X', '0', wall) end
  ended = #silent
  local late = redis.call('ZRANGEBYSCORE', due, '-inf', wall_s, 'LIMIT', 0,
    tonumber(most) - ended)
  for _, sequence in ipairs(late) do
    local p = read(sequence)
    happen(p, p.state == CALLED and 'M' or 'T', '0', wall)
  end
  return {'ok', tostring(ended + #late)}
end
function ops.counts()
  local names = {'joined', 'drawn', 'number', 'serving', 'doors', 'called', 'entered', 's0',
    's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 'arrived', 'at'}
  local found = redis.call('HMGET', counts, unpack(names))
  local all = {}
  for i = 1, #names do all[i] = found[i] or '0' end
  table.insert(all, #all, redis.call('SCARD', gate))
  return {'ok', table.concat(all, '|')}
end
function ops.journal(first, most)
  local last = tonumber(first) + tonumber(most) - 1
  return {'ok', table.concat(redis.call('LRANGE', journal, first, last), '\n')}
end
function ops.forget(number)
  local first = redis.call('LINDEX', journal, 0)
  if not first then return {'ok'} end
  local gone = tonumber(number) - tonumber(string.match(first, '^%d+')) + 1
  if gone > 0 then redis.call('LTRIM', journal, gone, -1) end
  return {'ok'}
end
local function restore_joined(sequence, fan, door, at, steady)
  if tonumber(sequence) ~= number_of('joined') + 1 or not has_ended(latest(fan)) then
    return {'invalid'}
  end
  add(fan, door, at, steady)
  redis.call('RPOP', journal)
  return {'ok'}
end
function ops.restore(number, kind, sequence, fan, door, till, at, steady)
  local known = number_of('number')
  if tonumber(number) <= known then return {'ok'} end
  if tonumber(number) ~= known + 1 then return {'invalid'} end
  redis.call('HSET', counts, 'at', at)
  if kind == 'J' then return restore_joined(sequence, fan, door, at, steady) end
  local p = read(sequence)
  if not p or not from[kind] or not from[kind][p.state] then return {'invalid'} end
  if kind == 'A' and redis.call('ZRANK', waiting, sequence) ~= 0 then return {'invalid'} end
  happen(p, kind, till, at)
  redis.call('RPOP', journal)
  return {'ok'}
end
function ops.lead(node, life, steady)
  local leader = redis.call('GET', lead)
  if leader and leader ~= node then return {'ok', '0'} end
  redis.call('SET', lead, node, 'PX', life)
  local now = clock(steady)
  if leader then
    local step = math.max(tonumber(steady) - number_of('beat'), 0)
    now = string.format('%.0f', tonumber(now) + step)
  end
  redis.call('HSET', counts, 'clock', now, 'beat', steady)
  return {'ok', '1'}
end
function ops.show(document)
  redis.call('SET', shown, document)
  return {'ok'}
end
function ops.shown() return {'ok', redis.call('GET', shown) or ''} end
function ops.begin()
  if has_lost(ARGV[2]) then
    redis.call('DEL', counts, fans, places, waiting, hall, seen, due, journal, gate)
  end
  return {'ok'}
end
function ops.complete()
  redis.call('HSET', counts, 'whole', '1')
  return {'ok'}
end
-- These serve a line that is not whole as well.
local mends = {counts = 1, journal = 1, restore = 1, lead = 1, show = 1, shown = 1, hall = 1,
  draw = 1, forget = 1, begin = 1, complete = 1}
if not mends[ARGV[1]] and has_lost(ARGV[2]) then return {'lost'} end
return ops[ARGV[1]](unpack(ARGV, 3))
