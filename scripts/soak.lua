-- Random operations on threads, each checked against a model of the start table, for a time; then whether the memory
-- is flat. For Linux, and from the directory above:
--   lua scripts/soak.lua [SECONDS]
local helper = require "spec.helper"
local random = require "spec.random"
local socket = require "socket"
local llthreads, pack, pick, unpack = helper.llthreads, helper.pack, random.pick, random.unpack

local seconds = tonumber(arg[1]) or 600
local seed = random.seed()
local draw = random.new(seed)

local FAILED = "^Error from child thread: "

-- What children do. `returns` or `fails` looks at what `join` gives behind `true` or `false`. One that is `endless` has
-- to be interrupted, one that is `deaf` more than once.
local kinds = {
  { code = "return ...", returns = function(r, t) return not random.difference(t.values, r) end },
  { code = "error((...))", list = true,
    fails = function(r, t) return r.n == 2 and not random.difference(t.values[1], r[2]) end },
  { code = "sleep(0.002) return 7", returns = function(r) return r.n == 1 and r[1] == 7 end },
  { code = "local t for _ = 1, 31 do t = { t } end return t",
    fails = function(r) return r.n == 1 and r[1]:find(FAILED .. "Hit maximum copy depth") end },
  { code = [[ -- loggers that raise, that yield, that start threads
      local how = #tostring((...)) % 3
      llthreads.set_logger(function(text)
        if how == 0 then error(text) elseif how == 1 then coroutine.yield() end
        llthreads.new("return 7"):start():join()
      end)
      error("told", 0)]], fails = function(r) return r.n == 1 and r[1]:find(FAILED .. "told") end },
  { code = [[ -- children of children, that are joined or not, or detached
      local code, level = ...
      local threads, sum = {}, 1
      for i = 1, level do
        llthreads.new("return 1"):start(i == 1)
        threads[i] = llthreads.new(code, code, level - 1):start(i == 2, true)
      end
      for i = 1, level do sum = sum + select(2, assert(threads[i]:join())) end
      return sum]], family = true, returns = function(r) return r.n == 1 and r[1] == 16 end },
  { code = [[ -- threads that coroutines start, and others join
      local function start() coroutine.yield(llthreads.new("return ...", 7):start()) end
      local thread = coroutine.wrap(start)()
      return coroutine.wrap(function() return select(2, thread:join()) end)()]],
    returns = function(r) return r.n == 1 and r[1] == 7 end },
  { code = [[ -- threads in finalizers, when the state is closed and before
      for i = 1, 4 do
        on_close(function() llthreads.new("return 7"):start(i % 2 == 0, true):join() end)
        if i == 3 then for object in pairs(_G) do if type(object) ~= "string" then _G[object] = nil end end end
        collectgarbage()
      end
      return 7]], returns = function(r) return r.n == 1 and r[1] == 7 end },
  { code = "local t = {} for i = 1, 2000 do t[i] = ('x'):rep(i) end return #t",
    returns = function(r) return r[1] == 2000 end },
  { code = "while true do sleep(0.001) end", endless = true },
  { code = "if jit then jit.off() end while true do end", endless = true },
  { code = "while true do pcall(sleep, 0.001) end", endless = true, deaf = true },
  { code = "while not llthreads.interrupted() do sleep(0.001) end return 7", endless = true,
    returns = function(r) return r.n == 1 and r[1] == 7 end },
}
local prelude = helper.child .. "llthreads.set_logger(function() end) "

local function fail(text)
  error(text, 0)
end

local function is(r, ...)
  local expected = pack(...)
  if r.n ~= expected.n then fail(("%d values instead of %d"):format(r.n, expected.n)) end
  for i = 1, r.n do
    if r[i] ~= expected[i] then fail(("%s instead of %s"):format(tostring(r[i]), tostring(expected[i]))) end
  end
end

-- The model of a thread. `state`: unstarted, started, joined. `interrupted`: whether the child fails for that: yes,
-- no, maybe. `ends`: whether it ends at all, the same way. `ended`: it was seen to have done so.
local function model()
  local kind = pick(draw, kinds)
  local t = { kind = kind, state = "unstarted", interrupted = "no", ends = kind.endless and "no" or "yes" }
  local code = prelude .. kind.code
  t.values = kind.family and { n = 2, code, 3 } or random.values(draw, 10)
  if kind.list then t.values = { n = 1, t.values } end
  t.object = llthreads.new(code, unpack(t.values, 1, t.values.n))
  return t
end

-- Looks at what a `join` gave at the child's end.
local function check_end(t, ok, ...)
  local r = pack(...)
  local usual = ok and t.kind.returns or not ok and t.kind.fails
  if t.ends == "no" then fail "the end of what has none" end
  if not t.joinable then return is(pack(ok, ...), true, 0) end
  if t.interrupted ~= "yes" and usual and usual(r, t) then return end
  if t.interrupted ~= "no" and ok == false and r[1]:find(llthreads.interrupted_error, 1, true) then return end
  fail(("%s, %s; interrupted: %s"):format(tostring(ok), tostring(r[1]), t.interrupted))
end

-- Whether `join` and `alive` have to refuse, which they did with `r`.
local function refused(t, r)
  if t.state == "unstarted" then is(r, nil, "Can't join a thread that hasn't be started.")
  elseif t.detached and not t.joinable then is(r, nil, "Can't join a thread that has been detached.")
  elseif t.state == "joined" then is(r, nil, "Can't join a thread that has already been joined.")
  else return false end
  return true
end

local methods = {}

function methods.start(t)
  local arguments = pick(draw, { { n = 0 }, { n = 1, false }, { n = 1, true }, { n = 2, false, true },
    { n = 2, false, false }, { n = 2, true, true }, { n = 2, true, false }, { n = 2, false, nil } })
  -- Once it runs, nothing ends a child that is on its own.
  local alone = arguments[1] and not arguments[2]
  if alone and t.state == "unstarted" and t.kind.endless then methods.interrupt(t, true) end
  local r = pack(t.object:start(unpack(arguments, 1, arguments.n)))
  if t.state ~= "unstarted" then return is(r, nil, "Thread already started.") end
  is(r, t.object)
  t.state, t.detached = "started", arguments[1] or false
  if arguments.n == 2 then t.joinable = arguments[2] or false else t.joinable = not t.detached end
  if t.pending then t.interrupted, t.ends = "yes", "yes" end
end

function methods.join(t)
  local limit = pick(draw, { 0, 0.3, 1, 5, 1000 })
  if t.ends == "yes" and draw(2) == 1 then limit = nil elseif t.ends ~= "yes" then limit = math.min(limit, 5) end
  local r = pack(t.object:join(limit))
  if refused(t, r) then return end
  if r[1] == nil then
    is(r, nil, "timeout")
    if t.ended or not limit then fail "a time-out after the end" end
  else
    check_end(t, unpack(r, 1, r.n))
    t.state = "joined"
  end
end

function methods.alive(t)
  local r = pack(t.object:alive())
  if refused(t, r) then return end
  is(r, not not r[1])
  if r[1] and t.ended then fail "alive after its end" end
  if not r[1] and t.ends == "no" then fail "the end of what has none" end
  t.ended = not r[1]
end

-- Waits for the end, if there is one to be waited for.
function methods.wait(t)
  if t.state ~= "started" or t.ends ~= "yes" or t.detached and not t.joinable then return end
  helper.wait_for("the end", function() return t.object:alive() == false end)
  t.ended = true
end

function methods.flags(t)
  is(pack(t.object:started()), t.state ~= "unstarted")
  is(pack(t.object:detached()), t.detached or false)
  is(pack(t.object:joinable()), t.joinable or false)
end

function methods.interrupt(t, on)
  if on == nil then on = pick(draw, { "once", "once", true, false }) end
  is(on == "once" and pack(t.object:interrupt()) or pack(t.object:interrupt(on)))
  if t.state == "unstarted" then
    t.pending = on
  elseif t.ended or t.state == "joined" or t.detached and not t.joinable then
    return
  elseif on then
    if t.interrupted == "no" then t.interrupted = "maybe" end
    t.ends = on == "once" and t.kind.deaf and "maybe" or "yes"
  else
    if t.interrupted == "yes" then t.interrupted = "maybe" end
    if t.kind.endless and t.ends == "yes" then t.ends = "maybe" end
  end
end

local threads, failure = {}, nil

-- What may be waited for by the collector has to end.
local function drop(place)
  local t = table.remove(threads, place)
  if t.state == "started" and t.ends ~= "yes" then methods.interrupt(t, true) end
  return t
end

-- A finalizer that runs threads. In 5.1 a table has none.
local function garbage()
  local function finalizer()
    local ok, err = pcall(function()
      is(pack(llthreads.new("return ...", 7):start():join()), true, 7)
      llthreads.new("return"):start(true)
    end)
    if not ok then failure = "in a finalizer: " .. tostring(err) end
  end
  if newproxy then getmetatable(newproxy(true)).__gc = finalizer else setmetatable({}, { __gc = finalizer }) end
end

local names = { "start", "start", "join", "join", "alive", "wait", "flags", "interrupt", "drop" }
local operations, latest = 0, {} -- how many there were, and the last twenty

local function operate()
  local place, name = draw(#threads + 1), pick(draw, names)
  if place > 12 then name, place = "drop", draw(#threads) elseif not threads[place] then name = "new" end
  operations = operations + 1
  table.insert(latest, ("%s of %d"):format(name, place))
  if #latest > 20 then table.remove(latest, 1) end
  if name == "drop" then drop(place)
  elseif name == "new" then threads[place] = model()
  else methods[name](threads[place]) end
end

local function round()
  local what = draw(30)
  if what == 1 then collectgarbage() elseif what == 2 then collectgarbage("step") elseif what == 3 then garbage() end
  local times = draw(5)
  local function operate_some() for _ = 1, times do operate() end end
  if what < 10 then coroutine.wrap(operate_some)() else operate_some() end
  if failure then fail(failure) end
end

-- A number that the system keeps of this process.
local function status(name)
  local f = assert(io.open("/proc/self/status"))
  local text = f:read("*a")
  f:close()
  return tonumber(text:match(name .. ":%s*(%d+)"))
end

-- Gives the resident memory in MiB, a hundred times over the whole time.
local function soak()
  local begin, told, samples = socket.gettime(), 0, {}
  repeat
    round()
    helper.wait_for("threads to end", function() return status("Threads") < 40 end)
    local now = socket.gettime() - begin
    while #samples < now / seconds * 100 do samples[#samples + 1] = status("VmRSS") / 1024 end
    if now - told >= 60 then
      told = now
      print(("  %.0f s: %d operations, %.1f MiB"):format(now, operations, samples[#samples]))
    end
  until now > seconds
  while #threads > 0 do drop(1) end
  helper.wait_for("the end of all threads", function() helper.collect() return status("Threads") == 1 end)
  return samples
end

-- Flat: what is used in half of the last tenth of the time is not much above the most that was used in the middle.
local function flat(samples)
  local middle, last = 0, {}
  for i = 20, 50 do middle = math.max(middle, samples[i]) end
  for i = 91, 100 do last[#last + 1] = samples[i] end
  table.sort(last)
  local text = ("%.1f MiB at first, %.1f after 20 %% of the time, at most %.1f until 50 %%, %.1f at the end"):format(
    samples[1], samples[20], middle, last[5])
  if last[5] > middle * 1.1 + 6 then fail("memory grows: " .. text) end
  return text
end

io.stdout:setvbuf("no")
print(("soak: %s, LLTHREADS_SEED=%d, %d s"):format(jit and jit.version or _VERSION, seed, seconds))
local ok, result = xpcall(function() return flat(soak()) end, function(err)
  return debug.traceback(("%s\nthe latest operations: %s"):format(tostring(err), table.concat(latest, ", ")))
end)
print(("%s%d operations; %s"):format(ok and "  " or "SOAK FAILED after ", operations, result))
os.exit(ok and 0 or 1)
