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

function helper.collect()
  for _ = 1, 3 do collectgarbage() end
end

-- Runs `code` in a process of its own: what it printed, and its exit status; a signal is 128 and more. `limit` is
-- shell code to stand before.
function helper.process(code, limit)
  local script, status = os.tmpname(), os.tmpname()
  local f = assert(io.open(script, "w"))
  f:write(helper.child, ("local child = %q "):format(helper.child), code)
  f:close()
  local interpreter, at = nil, 0
  while arg[at] do interpreter, at = arg[at], at - 1 end
  local pipe = assert(io.popen(("(%s\nexec timeout 120 %s %s) 2>&1; echo $? >%s"):format(
    limit or "", interpreter, script, status)))
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
