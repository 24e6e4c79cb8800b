-- An interrupt reaches a loop that calls nothing.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local child = case.flags .. case.steady .. [[
  local name, ready = ...
  local ok, err = pcall(function() set(ready) for _ = 1, 1e9 do end end)
  return ok, tostring(err):match(require(name).interrupted_error)
]]

local ready = case.path()
local thread = case.start(case.llthreads.new(child, case.name, ready))
case.wait(ready)
thread:interrupt()
case.see("join", thread.join, thread)
