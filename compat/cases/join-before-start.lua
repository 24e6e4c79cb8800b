-- `join` before `start` is refused, and harmless.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local thread = case.llthreads.new("return 1")
case.see("join", thread.join, thread)
case.see("join(0)", thread.join, thread, 0)
case.see("join after start", function() return case.start(thread):join() end)
