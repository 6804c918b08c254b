-- load.lua — what wrk sends, and at the end one line of JSON about what it measured.
--
--   wrk … -s bench/load.lua URL -- get ACCEPT_ENCODING [PATH …]
--   wrk … -s bench/load.lua URL -- reserve KEY_PREFIX TOKENS_FILE each|hot OPTION:FIRST_SEAT:SEATS …
--
-- A last word think=MS lets every connection wait before each request: a random time, MS on average.
-- PATHs are asked for one after the other instead of the URL's own.
-- "each" asks for one seat after the other, sale after sale, and starts again behind the last one;
-- "hot" wants one of the first 100 seats of the sale in 9 of 10 requests.

local tokens, sales, key_prefix, hot = {}, {}, "", false
local asked, sale_at, seat_at = 0, 1, 0

local function next_seat()
  local sale = sales[sale_at]
  if hot then
    local among = math.random(10) == 1 and sale.seats or 100
    return sale.option, sale.first_seat + math.random(0, among - 1)
  end
  if seat_at == sale.seats then
    seat_at = 0
    sale_at = sale_at % #sales + 1
    sale = sales[sale_at]
  end
  seat_at = seat_at + 1
  return sale.option, sale.first_seat + seat_at - 1
end

local function reserve()
  asked = asked + 1
  local option, seat = next_seat()
  local body = '{"optionId":' .. option .. ',"seatIds":[' .. seat .. ']}'
  return "POST /api/reservations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
    .. tokens[asked % #tokens + 1] .. "\r\nContent-Type: application/json\r\nIdempotency-Key: "
    .. key_prefix .. asked .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

local function take_think(args)
  local think_ms = tonumber((args[#args] or ""):match("^think=(%d+)$"))
  if not think_ms then return end
  args[#args] = nil
  delay = function() return math.random(0, 2 * think_ms) end
end

function init(args)
  take_think(args)
  if args[1] == "get" then
    wrk.headers["Accept-Encoding"] = args[2]
    local asks = {}
    for i = 3, #args do asks[#asks + 1] = wrk.format("GET", args[i]) end
    if #asks == 0 then asks[1] = wrk.format("GET") end
    request = function()
      asked = asked + 1
      return asks[asked % #asks + 1]
    end
    return
  end
  key_prefix, hot = args[2], args[4] == "hot"
  for line in io.lines(args[3]) do tokens[#tokens + 1] = line end
  for i = 5, #args do
    local option, first_seat, seats = args[i]:match("(%d+):(%d+):(%d+)")
    sales[#sales + 1] = {option = option, first_seat = tonumber(first_seat), seats = tonumber(seats)}
  end
  request = reserve
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"micros":%d,"refused":%d,"broken":%d,"p50Micros":%d,"p99Micros":%d,"p999Micros":%d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
