-- An interrupt that nobody catches is the error of the child.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local child = case.flags .. case.steady .. [[
  local name, ready, never, reached = ...
  require(name).set_logger(function(line) print("logger: " .. line:match(require(name).interrupted_error)) end)
  set(ready)
  wait(never)
  set(reached)
]]

local ready, never, reached = case.path(), case.path(), case.path()
local thread = case.start(case.llthreads.new(child, case.name, ready, never, reached))
case.wait(ready)
thread:interrupt()
case.see("join", function()
  local ok, text = thread:join()
  return ok, text:match("^Error from child thread: "), text:match(case.llthreads.interrupted_error)
end)
case.see("goes on", function() return case.is_set(reached) end)
