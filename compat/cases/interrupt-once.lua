-- `interrupt` raises once in the running child, which can catch it and go on.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local child = case.flags .. case.steady .. [[
  local name, ready, go = ...
  local ok, err = pcall(function() set(ready) wait(go) end)
  return ok, tostring(err):match(require(name).interrupted_error), "goes on", pcall(string.rep, "x", 3)
]]

local function see(label, ...)
  local ready, go = case.path(), case.path()
  local thread = case.start(case.llthreads.new(child, case.name, ready, go))
  case.wait(ready)
  case.see("interrupt" .. label, thread.interrupt, thread, ...)
  case.see("join" .. label, thread.join, thread)
end

see("()")
see("(nil)", nil)
