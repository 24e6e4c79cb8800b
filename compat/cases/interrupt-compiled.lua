-- On LuaJIT a compiled loop is interrupted when it leaves its trace.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local child = [[
  local name, ready, go, warm = ...
  local C = require "ffi".C
  require "ffi".cdef "int access(const char *, int); int creat(const char *, int); int close(int);"
  local function loop(path, last)
    local n = 0
    while C.access(go, 0) ~= 0 and n < last do
      C.close(C.creat(path, 384))
      n = n + 1
    end
  end
  loop(warm, 1000) -- compiled from here on
  local ok, err = pcall(loop, ready, 1e6)
  return ok, tostring(err):match(require(name).interrupted_error)
]]

case.see("here", function() return jit ~= nil end)
if jit then
  local ready, go, warm = case.path(), case.path(), case.path()
  local thread = case.start(case.llthreads.new(child, case.name, ready, go, warm))
  case.wait(ready)
  thread:interrupt()
  os.remove(ready)
  case.see("goes on", case.wait, ready)
  case.set(go)
  case.see("join", thread.join, thread)
end
