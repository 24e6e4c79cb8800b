-- After `interrupt(true)` the child's logger is still told.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local child = case.flags .. case.steady .. [[
  local name, ready, never, told = ...
  require(name).set_logger(function() set(told) end)
  set(ready)
  wait(never)
]]

local ready, never, told = case.path(), case.path(), case.path()
local thread = case.start(case.llthreads.new(child, case.name, ready, never, told))
case.wait(ready)
thread:interrupt(true)
case.see("join", function() return (thread:join()) end)
case.see("told", function() return case.is_set(told) end)
