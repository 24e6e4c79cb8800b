-- Times builds of the module, and other thread libraries that are installed, in turn in one process.
--   lua compat/bench.lua OURS [REFERENCE]        prints: work, unit, then a column for each, separated by tabs
--   lua compat/bench.lua --idle FILE             prints: KiB for each of 5000 idle threads, ms until all are
-- OURS, REFERENCE and FILE are shared objects. scripts/bench.sh makes a table, JSON or a picture of it.
local socket = require "socket"
local now = socket.gettime

local function entry(path)
  return assert(package.loadlib(path, "luaopen_llthreads2"))("llthreads2")
end

-- 5000 threads that wait for a file to be opened: what they take, and how long it is until all of them do.
local function idle(path)
  local llthreads, count, threads = entry(path), 5000, {}
  local fifo, ready = os.tmpname(), os.tmpname()
  assert(os.execute(("rm %s %s && mkfifo %s %s"):format(fifo, ready, fifo, ready)))
  local function resident()
    return tonumber(assert(io.open("/proc/self/status")):read("*a"):match("VmRSS:%s*(%d+)"))
  end
  local code = "local fifo, ready = ... local f = io.open(ready, 'a') f:write('x') f:close() io.open(fifo):close()"
  local reader = assert(io.open(ready, "r+"))
  llthreads.new("return"):start():join()
  local before, start = resident(), now()
  for i = 1, count do threads[i] = assert(llthreads.new(code, fifo, ready):start()) end
  assert(#reader:read(count) == count)
  start = now() - start
  local after = resident()
  repeat -- until the last of them has come to rest
    local last = after
    socket.sleep(0.5)
    after = resident()
  until after - last < 100
  print(("%.1f\t%.1f"):format((after - before) / count, start * 1000))
  local writer = assert(io.open(fifo, "w"))
  for i = 1, count do threads[i]:join() end
  writer:close()
  os.remove(fifo)
  os.remove(ready)
end

if arg[1] == "--idle" then return idle(arg[2]) end

-- What is compared: `thread(code, ...)` starts one, whose `join` waits for it.
local libraries = {}

local function add(name, library)
  library.name = name
  libraries[#libraries + 1] = library
end

for i, path in ipairs(arg) do
  local llthreads = entry(path)
  add(i == 1 and "ours" or "reference", {
    new = llthreads.new, -- the works that need more than peers have ask for it
    thread = function(...) return llthreads.new(...):start() end,
    collects = function(...) return select(2, assert(llthreads.new(...):start():join())) end,
  })
end

local has_luv, luv = pcall(require, "luv")
if has_luv then
  add("luv", { thread = function(code, ...) return luv.new_thread((loadstring or load)(code), ...) end })
end

local has_lanes, lanes = pcall(require, "lanes")
if has_lanes then
  lanes = lanes.configure and lanes.configure() or lanes
  local function thread(code, ...)
    local lane = lanes.gen("*", (loadstring or load)(code))(...)
    return { join = function() return lane:join() end }
  end
  add("lanes", { thread = thread, collects = function(...) return thread(...):join() end })
end

local function table_of(count, make)
  local t = {}
  for i = 1, count do t[i] = make(i) end
  return t
end

-- What is copied. Each is made for its work and let go of after it: the collector's work would be part of others.
local values = {
  integers = function() return table_of(200000, function(i) return i end) end,
  records = function() return table_of(30000, function(i) return { id = i, name = "n" .. i, value = i * 0.5 } end) end,
  map = function()
    local map = {}
    for i = 1, 50000 do map["key" .. i] = "value" .. i end
    return map
  end,
  long = function() return ("x"):rep(16 * 1024 * 1024) end,
}

local ALLOCATES = "local t = {} for i = 1, 400000 do t[i % 1000 + 1] = { i, tostring(i), { x = i } } end"
local COMPUTES = "local n = ... local x = 0 for i = 1, n do x = (x * 31 + i) % 1000003 end"
local STEPS = jit and 40e6 or 8e6
local MB50 = [[
  local t = {}
  repeat t[#t + 1] = { #t, tostring(#t) } until collectgarbage "count" > 50 * 1024
  kept = t
  return require "socket".gettime()
]]

-- A function that starts all jobs, then waits for all.
local function together(count, code, n)
  return function(library)
    local threads = {}
    for i = 1, count do threads[i] = library.thread(code, n) end
    for i = 1, count do threads[i]:join() end
  end
end

local function there_and_back(library, value)
  assert(library.collects("return ...", value) ~= nil)
end

-- What is timed, in ms for one of `times`, with a `value` made before; `needs` is what a library has to have. A work
-- that returns a number has measured by itself, in seconds.
local works = {
  { "new, start, join", times = 100, run = function(library)
    for i = 1, 100 do library.thread("return ...", i, "small", true):join() end
  end },
  { "new, collected", times = 100, needs = "new", run = function(library)
    for i = 1, 100 do library.new("return ...", i) end
    collectgarbage()
  end },
  { "100 started, then joined", run = together(100, "return") },
  { "array of 200,000 integers", needs = "collects", value = values.integers, run = there_and_back },
  { "map of 50,000 strings", needs = "collects", value = values.map, run = there_and_back },
  { "30,000 records of 3 fields", needs = "collects", value = values.records, run = there_and_back },
  { "string of 16 MiB", needs = "collects", value = values.long, run = there_and_back },
  { "child that allocates", run = together(1, ALLOCATES) },
  { "two such children at once", run = together(2, ALLOCATES) },
  { "child that only computes", run = together(1, COMPUTES, STEPS) },
  { "close of a child with 50 MB", needs = "collects", run = function(library)
    local ended = library.collects(MB50)
    return now() - ended
  end },
}
for _, count in ipairs { 1, 2, 4, 8 } do
  works[#works + 1] = { ("a computation over %d thread%s"):format(count, count > 1 and "s" or ""),
    run = together(count, COMPUTES, STEPS * 2 / count) }
end

local ROUNDS = tonumber(os.getenv("BENCH_ROUNDS")) or 11

local function time(work, library, value)
  collectgarbage()
  collectgarbage()
  local start = now()
  local measured = work.run(library, value)
  return (measured or now() - start) * 1000 / (work.times or 1)
end

local function median(t)
  table.sort(t)
  return t[math.ceil(#t / 2)]
end

local header = { "work", "unit" }
for i, library in ipairs(libraries) do header[i + 2] = library.name end
print(table.concat(header, "\t"))
for _, work in ipairs(works) do
  local times, value = {}, work.value and work.value()
  for _, library in ipairs(libraries) do
    times[library] = {}
    if not work.needs or library[work.needs] then time(work, library, value) end -- the first one pays for what is new
  end
  for round = 1, ROUNDS do
    for i = 1, #libraries do
      -- Nobody is always the first.
      local library = libraries[(i + round) % #libraries + 1]
      if not work.needs or library[work.needs] then table.insert(times[library], time(work, library, value)) end
    end
  end
  local row = { work[1], "ms" }
  for i, library in ipairs(libraries) do
    row[i + 2] = times[library][1] and ("%.4g"):format(median(times[library])) or ""
  end
  print(table.concat(row, "\t"))
end
