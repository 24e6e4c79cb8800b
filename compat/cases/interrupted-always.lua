-- While an interrupt stays, a child that asks is always told so, and asking does not take it back.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupted")

-- In the function of its own hook a child is not interrupted, and asks.
local child = case.flags .. case.steady .. [[
  local name, ready, go = ...
  local llthreads = require(name)
  llthreads.set_logger(function() end)
  debug.sethook(function()
    debug.sethook()
    set(ready)
    wait(go)
    print("asked: " .. tostring(llthreads.interrupted()) .. ", " .. tostring(llthreads.interrupted()))
  end, "", 1)
  return ("not interrupted"):rep(1)
]]

local ready, go = case.path(), case.path()
local thread = case.start(case.llthreads.new(child, case.name, ready, go))
case.wait(ready)
thread:interrupt(true)
case.set(go)
case.see("join", function()
  local ok, text = thread:join()
  return ok, text:match(case.llthreads.interrupted_error)
end)
