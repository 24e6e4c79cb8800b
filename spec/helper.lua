-- What several specs need. LLTHREADS names the module under test.
local socket = require "socket"

local helper = { name = os.getenv("LLTHREADS") or "llthreads2", sleep = socket.sleep }

helper.llthreads = require(helper.name)
helper.ex = require(helper.name .. ".ex")
helper.version = jit and "LuaJIT" or _VERSION:match("%d%.%d")

function helper.pack(...)
  return { n = select("#", ...), ... }
end

-- Runs until `condition` gives a true value, which is returned; after a minute it fails.
function helper.wait_for(what, condition)
  local deadline = socket.gettime() + 60
  repeat
    local value = condition()
    if value then return value end
    socket.sleep(0.002)
  until socket.gettime() > deadline
  error("waited in vain for " .. what, 2)
end

-- A file as a signal between threads: `set` by one, `wait`ed for by another.
function helper.flag()
  local path = os.tmpname()
  os.remove(path)
  local flag = { path = path }
  function flag.is_set() local f = io.open(path) return f and (f:close() or true) end
  function flag.set() assert(io.open(path, "w")):close() end
  function flag.wait() return helper.wait_for("a flag", flag.is_set) end
  return flag
end

-- The same, and what else children need; to stand before their code.
helper.child = ([[
local llthreads = require %q
local sleep = require "socket".sleep
local function set(path) assert(io.open(path, "w")):close() end
local function is_set(path) local f = io.open(path) return f and (f:close() or true) end
local function wait(path) while not is_set(path) do sleep(0.002) end end
local function on_close(f)
  local object = newproxy and newproxy(true) or setmetatable({}, { __gc = f })
  if newproxy then getmetatable(object).__gc = f end
  _G[object] = true
end
]]):format(helper.name)

-- A new thread with those.
function helper.new(code, ...)
  return helper.llthreads.new(helper.child .. code, ...)
end

-- A child by `ex` with `options`, left out: interruptible. It has been run until it `set(ready)`; the flags `go` and
-- `told`, for it to wait for and to set, are returned too. Detached: if it is not interrupted nobody waits for its end.
function helper.interruptible(code, options)
  local ready, go, told = helper.flag(), helper.flag(), helper.flag()
  options = options or { interruptible = true }
  options.source = helper.child .. [[
    llthreads.set_logger(function() end)
    local ready, go, told = ...
    local function spin(flag) -- sets it in here, where a caller's pcall catches what comes then
      if flag then set(flag) end
      while true do end
    end
    local function work() for _ = 1, 1e5 do tostring(nil) end return "worked" end
    -- Whether `f` ends because of an interrupt.
    local function is_interrupted(f, ...)
      local ok, err = pcall(f, ...)
      return not ok and tostring(err):find(llthreads.interrupted_error, 1, true) ~= nil
    end
  ]] .. code
  local thread = helper.ex.new(options, ready.path, go.path, told.path):start(true, true)
  ready.wait()
  return thread, go, told
end

-- What a child gives that should end by itself within a minute.
function helper.join(thread)
  return helper.pack(thread:join(60000))
end

function helper.collect()
  for _ = 1, 3 do collectgarbage() end
end

-- Runs `code` in a process of its own: what it printed, and its exit status; a signal is 128 and more. `limit` is
-- shell code to stand before; after `seconds`, five minutes if left out, the process is ended.
function helper.process(code, limit, seconds)
  local script, status = os.tmpname(), os.tmpname()
  local f = assert(io.open(script, "w"))
  f:write(helper.child, ("local child = %q "):format(helper.child), code)
  f:close()
  local interpreter, at = nil, 0
  while arg[at] do interpreter, at = arg[at], at - 1 end
  local pipe = assert(io.popen(("(%s\nexec timeout %d %s %s) 2>&1; echo $? >%s"):format(
    limit or "", seconds or 300, interpreter, script, status)))
  local output = pipe:read("*a")
  pipe:close()
  local rc = tonumber(assert(io.open(status)):read("*a"))
  os.remove(script)
  os.remove(status)
  return output, rc
end

-- The resident memory of this process, in KiB.
function helper.resident()
  return tonumber(assert(io.open("/proc/self/status")):read("*a"):match("VmRSS:%s*(%d+)"))
end

local function is_one_of(versions)
  return (" " .. versions .. " "):find(" " .. helper.version .. " ", 1, true) ~= nil
end

-- Goes on if this Lua is one of `versions`; else the test is `pending`.
function helper.only(versions, pending)
  if not is_one_of(versions) then pending("only on " .. versions) end
end

-- Tags: what fails under the C llthreads2, because we depart from it on purpose, has in its title the number that the
-- README's table gives the departure, #D1 to #D15, or #host if it is about the shared object and not about calls. All
-- that has no tag passes there. `scripts/compare.sh` checks both.
-- The end of a title where only `versions` show the departure: the tag on those, nothing on the others.
function helper.departs(tag, versions)
  return is_one_of(versions) and " " .. tag or ""
end

-- The shared object under test.
function helper.file()
  for template in package.cpath:gmatch("[^;]+") do
    local path = template:gsub("%?", helper.name)
    local f = io.open(path)
    if f then f:close() return path end
  end
end

return helper
