-- A child of `ex.new{..., interruptible = true}` is interrupted inside a loop that LuaJIT would compile.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local child = [[
  local ready, warm = ...
  local C = require "ffi".C
  require "ffi".cdef "int creat(const char *, int); int close(int);"
  local n
  local function loop(path, last)
    n = 0
    while n < last do
      C.close(C.creat(path, 384))
      n = n + 1
    end
  end
  loop(warm, 1000) -- compiled from here on
  local last = 200000
  pcall(loop, ready, last)
  return n < last and "the loop was interrupted" or "the loop went on to its end"
]]

case.see("here", function() return jit ~= nil end)
if jit then
  local ready, warm = case.path(), case.path()
  local thread = ex.new({ child, interruptible = true }, ready, warm):start()
  case.wait(ready)
  thread:interrupt()
  case.see("join", thread.join, thread)
end
