-- Arguments are copied when `new` is called, not when the thread starts.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local t = { 1, {} }
local thread = case.llthreads.new("local t = ... return t[1], next(t[2])", t)
t[1], t[2].late = 2, true
case.see("what was there", function() return case.start(thread):join() end)
case.see("the parent's own", function() return t[1], next(t[2]) end)
