-- A child can ask whether an interrupt is pending for it; asking takes a single one back.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupted")

-- In the function of its own hook a child is not interrupted, and asks.
local child = case.flags .. case.steady .. [[
  local name, ready, go = ...
  local llthreads, first, second = require(name)
  local ok, err = pcall(function()
    debug.sethook(function()
      debug.sethook()
      set(ready)
      wait(go)
      first, second = llthreads.interrupted(), llthreads.interrupted()
    end, "", 1)
    string.rep("x", 3)
  end)
  return first, second, "then", ok, err and err:match(llthreads.interrupted_error)
]]

local ready, go = case.path(), case.path()
local thread = case.start(case.llthreads.new(child, case.name, ready, go))
case.wait(ready)
thread:interrupt()
case.set(go)
case.see("pending", thread.join, thread)
case.see("not pending", case.run, "return require((...)).interrupted()", case.name)
case.see("in no child", case.llthreads.interrupted)
