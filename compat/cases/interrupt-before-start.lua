-- An interrupt before `start` is kept, and strikes when the child runs.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local function see(label, ...)
  local reached = case.path()
  local thread = case.llthreads.new("local path = ...\nio.open(path, 'w'):close()\nreturn 'reached'", reached)
  case.see("interrupt" .. label, thread.interrupt, thread, ...)
  case.see("join" .. label, function() return case.start(thread):join() end)
  case.see("reached" .. label, function() return case.is_set(reached) end)
end

see("()")
see("(true)", true)
