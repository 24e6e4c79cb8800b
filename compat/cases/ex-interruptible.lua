-- A child of `ex.new{..., interruptible = true}` is interrupted inside a coroutine too.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local child = case.flags .. case.steady .. [[
  local ready, never = ...
  local ended
  local co = coroutine.create(function()
    set(ready)
    wait(never)
    ended = true
  end)
  local ok = pcall(function()
    coroutine.resume(co)
    return ("x"):rep(3)
  end)
  return ended and "the coroutine went on to its end" or "the coroutine was interrupted", ok
]]

local ready = case.path()
local thread = ex.new({ child, interruptible = true }, ready, case.path()):start()
case.wait(ready)
thread:interrupt()
case.see("join", thread.join, thread)
