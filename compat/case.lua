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

-- `thread`, started; what `start` gives differs between modules.
function case.start(thread, ...)
  assert(thread:start(...))
  return thread
end

-- What a child with this code gives to `join`.
function case.run(code, ...)
  return case.start(case.llthreads.new(code, ...)):join()
end

-- A file as a signal between parent and child. Nobody waits longer than some seconds: an original may never come.
case.flags = [[
local function set(path) assert(io.open(path, "w")):close() end
local function is_set(path) local f = io.open(path) return f and (f:close() or true) or false end
local function wait(path)
  local limit = os.time() + 5
  while not is_set(path) and os.time() < limit do end
  return is_set(path)
end
]]
case.set, case.is_set, case.wait = assert((loadstring or load)(case.flags .. "return set, is_set, wait"))()

-- A path for such a file; it is not there yet.
function case.path()
  local path = os.tmpname()
  os.remove(path)
  return path
end

return case
