-- What the cases have in common. A case is run as `lua compat/cases/NAME.lua MODULE` and prints what that module does,
-- one observation a line, as `label: values`; the end of the process and what it wrote to stderr, the runner adds.
-- Nothing that changes from run to run is printed: no address, path or time.
local case = { name = assert(arg[1], "usage: lua compat/cases/NAME.lua MODULE") }

io.stdout:setvbuf("no") -- a crash must not swallow what was seen before

case.llthreads = require(case.name)

-- A string with what changes from run to run taken out.
local function normalized(text)
  return (text:gsub("0x%x+", "0x?"):gsub("builtin#%d+", "builtin#?"):gsub("[^%s'\"]*/([^/%s'\"]+%.lua)", "%1")
    :gsub("[^%s'\"]*lua_%w%w%w%w%w%w", "TMP"):gsub("ex%.lua:%d+", "ex.lua:?"))
end

local function shown(value)
  local kind = type(value)
  if kind == "string" then
    return (("%q"):format(normalized(value)):gsub("\\\n", "\\n"):gsub("\r", "\\r"):gsub("%z", "\\0")
      :gsub("[\1-\31\127-\255]", function(c) return ("\\x%02x"):format(c:byte()) end))
  elseif kind == "number" then
    local text = ("%.17g"):format(value)
    return math.type and math.type(value) == "float" and not text:find("[.eni]") and text .. ".0" or text
  elseif kind == "nil" or kind == "boolean" then
    return tostring(value)
  end
  return kind
end

local labels = {}

-- Prints what `f(...)` gives or raises.
function case.see(label, f, ...)
  assert(not labels[label] and not label:find(": ", 1, true), label)
  labels[label] = true
  local function print_all(ok, ...)
    local values = {}
    for i = 1, select("#", ...) do values[i] = shown((select(i, ...))) end
    local text = #values > 0 and table.concat(values, ", ") or "nothing"
    io.stdout:write(label, ": ", ok and "" or "raises ", text, "\n")
  end
  print_all(pcall(f, ...))
end

-- Ends the case here if the module has no `name`, be it its function, a method of its threads, or "ex".
function case.needs(name)
  local function there()
    if name == "ex" then return require(case.name .. ".ex") end
    return case.llthreads[name] or case.llthreads.new("")[name]
  end
  local found, value = pcall(there)
  io.stdout:write(name, ": ", found and value and "there" or "missing", "\n")
  if not (found and value) then os.exit(0) end
end

-- A file as a signal between parent and child. Nobody waits longer than some seconds: an original may never come.
case.flags = [[
local function set(path) assert(io.open(path, "w")):close() end
local function is_set(path) local f = io.open(path) return f and (f:close() or true) or false end
local function wait(path, seconds) -- at least so long, a second more at most
  local limit = os.time() + (seconds or 4)
  while not is_set(path) and os.time() <= limit do end
  return is_set(path)
end
local function on_close(f) -- calls `f` when this state is closed
  local object = newproxy and newproxy(true) or setmetatable({}, { __gc = f })
  if newproxy then getmetatable(object).__gc = f end
  _G[object] = true
end
]]
local on_close
case.set, case.is_set, case.wait, on_close =
  assert((loadstring or load)(case.flags .. "return set, is_set, wait, on_close"))()

local paths = {}
on_close(function() for _, path in ipairs(paths) do os.remove(path) end end)

-- A path for such a file; it is not there yet, and at the end it is no more.
function case.path()
  local path = os.tmpname()
  os.remove(path)
  paths[#paths + 1] = path
  return path
end

-- Keeps the library loaded to the very end of the process, by a child that never ends and has loaded it too: else a
-- detached child that ends after the script may crash an original, or may not.
local held
function case.hold()
  if held then return end
  held = case.path()
  local code = case.flags .. "local name, held = ... require(name) set(held) while true do end"
  assert(case.llthreads.new(code, case.name, held):start(true))
  assert(case.wait(held))
end

-- To stand before the code of a child that is interrupted: on LuaJIT a trace has to end first, and the end of a
-- finalizer takes an interrupt that an original was given meanwhile.
case.steady = "if jit then jit.off() collectgarbage('stop') end\n"

-- `thread`, started; what `start` gives differs between modules.
function case.start(thread, ...)
  if (...) then case.hold() end
  assert(thread:start(...))
  return thread
end

-- What a child with this code gives to `join`.
function case.run(code, ...)
  return case.start(case.llthreads.new(code, ...)):join()
end

-- Collects what nobody holds, with what that held.
function case.collect()
  for _ = 1, 3 do collectgarbage() end
end

-- Whether the process grows while `f` is called again and again, by more than a half of a child's state each time.
function case.grows(f)
  local sizes = {}
  for round = 1, 2 do
    for _ = 1, 1000 do f() end
    case.collect()
    local file = io.open("/proc/self/status") or io.popen("ps -o rss= -p $PPID")
    local text = file:read("*a")
    file:close()
    sizes[round] = tonumber(text:match("VmRSS:%s*(%d+)") or text:match("%d+"))
  end
  return sizes[2] - sizes[1] > 10000 -- KiB
end

return case
