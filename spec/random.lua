-- Random values, the same for the same seed under every Lua, and where two graphs of them differ.
local llthreads = require "spec.helper".llthreads
local socket = require "socket"

-- LuaJIT's compiled code may crash when it has caught an error of a C function, whosesoever. So here, and in what draws
-- calls, nothing is compiled.
if jit then jit.off(true, true) end

local random = { unpack = unpack or table.unpack }

-- Draws numbers from 1 to `n`: the generator of Park and Miller, exact in every Lua.
function random.new(seed)
  local state = seed % 2147483646 + 1
  local function draw(n)
    state = state * 16807 % 2147483647
    return math.floor(state / 2147483647 * n) + 1
  end
  for _ = 1, 5 do draw(1) end
  return draw
end

-- LLTHREADS_SEED, or another one each time.
function random.seed()
  return tonumber(os.getenv "LLTHREADS_SEED") or math.floor(socket.gettime() * 1000) % 1000000000
end

-- Calls `case(draw, seed)` with one seed after the other, LLTHREADS_SECONDS long, half a second if that is not set, and
-- a hundred times at least. With the seed that it failed with as LLTHREADS_SEED, it fails at once.
function random.cases(case)
  local seed = random.seed()
  local deadline, last = socket.gettime() + (tonumber(os.getenv "LLTHREADS_SECONDS") or 0.5), seed + 100
  repeat
    local ok, err = pcall(case, random.new(seed), seed)
    if not ok then error(("with LLTHREADS_SEED=%d: %s"):format(seed, tostring(err)), 0) end
    seed = seed + 1
  until seed >= last and socket.gettime() > deadline
end

function random.pick(draw, list)
  return list[draw(#list)]
end

local zero = 0.0
local numbers = {
  0, 1, -1, 0.0, 1.0, -7.0, 0.1, -0.5, 1e15, 1e300, -zero, 1 / zero, -1 / zero, zero / zero,
  2 ^ 31, 2 ^ 31 - 1, -2 ^ 31, -2 ^ 31 - 1, 2 ^ 32, 2 ^ 53 - 1, 2 ^ 53, 2 ^ 53 + 2, -2 ^ 53, 2 ^ 63, -2 ^ 63, 2 ^ 64,
  5e-324, -5e-324, 2 ^ -1022, 2 ^ -1022 - 5e-324, 1.7976931348623157e308, 1 + 2 ^ -52,
}
if math.type then
  for _, integer in ipairs { math.maxinteger, math.mininteger, math.tointeger(2 ^ 53) } do
    for offset = -1, 1 do numbers[#numbers + 1] = integer + offset end
  end
end

-- C functions that any Lua can copy. In some the copy is another object, so they are told apart by what they do.
local functions = { llthreads.new, llthreads.set_logger, llthreads.version }

local function act(f)
  return tostring(select(2, pcall(f)))
end

random.lights = {} -- modules keep their things in the registry under addresses
for key in pairs(debug.getregistry()) do
  if type(key) == "userdata" then table.insert(random.lights, key) end
end

-- 1024 is where messages begin to borrow strings, 40 where Lua keeps short ones apart.
local lengths = { 0, 1, 39, 40, 41, 255, 256, 1022, 1023, 1024, 1025, 1026, 4096 }

function random.text(draw)
  local length = draw(3) == 1 and draw(3000) or draw(1500) == 1 and 1e6 or random.pick(draw, lengths)
  local bytes = {}
  for i = 1, math.min(length, draw(100)) do bytes[i] = string.char(draw(256) - 1) end
  return table.concat(bytes):rep(math.ceil(length / math.max(#bytes, 1))):sub(1, length)
end

local scalars = {
  function(draw) return draw(2) == 1 end,
  function(draw) return random.pick(draw, numbers) end,
  function(draw) return (draw(2147483646) - 2 ^ 30) * 2 ^ (draw(100) - 50) end,
  function(draw) return draw(20) - 10 end,
  function(draw) return "k" .. draw(1000) end,
  random.text,
  function(draw) return random.pick(draw, functions) end,
  function(draw) return random.pick(draw, random.lights) end,
}

-- The key under which tables that may be keys have a number of their own.
local SERIAL = "\0serial"

-- A list of up to six values, `n` of them, made of up to `most` tables: of all types, shared, in cycles, with holes.
-- No path through the tables is longer than their count. What is in the list `strewn` is strewn in.
function random.values(draw, most, strewn)
  local tables = {}
  for i = 1, draw(most) do tables[i] = i % 2 == 0 and {} or { [SERIAL] = i } end
  local function value()
    local what = draw(20)
    if what == 1 then return nil end
    if what < 8 then return random.pick(draw, tables) end
    if what == 8 and strewn then return random.pick(draw, strewn) end
    return random.pick(draw, scalars)(draw)
  end
  local function key()
    if draw(8) == 1 then return tables[draw(math.ceil(#tables / 2)) * 2 - 1] end
    local scalar = strewn and draw(12) == 1 and random.pick(draw, strewn) or random.pick(draw, scalars)(draw)
    if scalar ~= scalar then return 0 end -- NaN can't be one
    return scalar
  end
  for i, t in ipairs(tables) do
    if draw(2) == 1 then
      for place = 1, draw(10) do t[place] = value() end
      if draw(20) == 1 then for place = 1, 500 do t[place] = place end end
    end
    if draw(4) == 1 then -- keys that come and go: in the array part or not, in order or not
      for _ = 1, draw(60) do t[draw(40)] = draw(4) > 1 and value() or nil end
    end
    for _ = 1, draw(6) - 1 do t[key()] = value() end
    if draw(5) == 1 then t[key()] = nil end -- leaves a dead key behind
    if draw(6) > 1 and tables[i + 1] then t[i % 2 == 0 and draw(2) == 1 and tables[i + 1] or key()] = tables[i + 1] end
  end
  local values = { n = draw(7) - 1 }
  for i = 1, values.n do values[i] = value() end
  if values.n > 0 then values[draw(values.n)] = tables[1] end -- from which most others are reached
  return values
end

-- Lua that ends soon, and what becomes of it when some of its bytes are others, lost or there twice.
local sources = {
  "local a, b = ... return a, b, select('#', ...)",
  "local t = { 1, 2, x = 'y', [3.5] = { ... } } return t, #t, t.x, nil",
  "for i = 1, 3 do local s = ('%d'):format(i) if i == 2 then return s, i * 2 ^ 3 end end",
  "return pcall(error, { code = 7 })",
  "local f = function(...) return select(2, ...) end return f(f, ...), -f",
  "error(setmetatable({}, { __tostring = function() return 'x' .. 1 end }))",
  "local co = coroutine.wrap(function(a) coroutine.yield(a) return 1 end) return co(2), co()",
  "goto done do return 1 end ::done:: return 2",
  "local x <const>, y <close> = 5, nil return x & 3, ~x, x // 2",
  "return require 'llthreads2'.new('return ...', ...):start():join()",
  "return [==[ long ]==] .. \"\\065\\x41\\z  \\u{48}\\n\" --[[ comment ]]",
  "while true do return end repeat local x = 0xA.8p1 until 1 + x",
}

function random.source(draw)
  local text = random.pick(draw, sources)
  for _ = 1, draw(5) - 1 do
    local from = draw(#text + 1)
    local to = from + draw(4) - 2
    local instead = random.pick(draw, { "", string.char(draw(256) - 1), text:sub(from, to):rep(2) })
    text = text:sub(1, from - 1) .. instead .. text:sub(to + 1)
  end
  return text
end

-- Where the values in the list `there` differ from those in `here`, as text; nil if they don't. Tables may have become
-- other tables, two as two and one as one. Strings in `renamed` have become what it says.
function random.difference(here, there, renamed)
  local to, from = {}, {}
  local differ

  -- What tells a key from the others of its table, on both sides.
  local function name(key)
    if type(key) == "table" then return "\0table " .. tostring(rawget(key, SERIAL)) end
    if type(key) == "function" then return "\0function " .. act(key) end
    return key
  end

  local function differ_inside(a, b)
    if to[a] or from[b] then return to[a] ~= b and "is another table" or nil end
    to[a], from[b] = b, a
    local keys, count = {}, 0
    for key in next, b do keys[name(key)], count = key, count + 1 end
    for key, value in next, a do
      local named = name(key)
      local other = keys[renamed and renamed[named] or named]
      if other == nil then return ("has no key %q"):format(tostring(named)) end
      local found = differ(key, other) or differ(value, rawget(b, other))
      if found then return ("[%q] %s"):format(tostring(named), found) end
      count = count - 1
    end
    return count ~= 0 and "has keys beside" or nil
  end

  function differ(a, b)
    a = type(a) == "string" and renamed and renamed[a] or a
    if type(a) == "table" and type(b) == "table" then return differ_inside(a, b) end
    local same = a == b and (a ~= 0 or 1 / a == 1 / b) or a ~= a and b ~= b
    if type(a) == "function" and type(b) == "function" then same = act(a) == act(b) end
    if math.type and math.type(a) ~= math.type(b) then same = false end
    return not same and ("is %q, not %q"):format(tostring(b), tostring(a)) or nil
  end

  if here.n ~= there.n then return ("%d values, not %d"):format(there.n, here.n) end
  for i = 1, here.n do
    local found = differ(here[i], there[i])
    if found then return ("value %d %s"):format(i, found) end
  end
end

return random
