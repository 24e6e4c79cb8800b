-- `join(ms)` gives up when time is up, not before, and the thread can be joined again.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local go = case.path()
local thread = case.start(case.llthreads.new(case.flags .. "wait((...), 3) return 7", go))
local before = os.time()
case.see("join(1000)", thread.join, thread, 1000)
case.see("took a second", function() return os.time() - before >= 1 end)
case.see("join(1)", thread.join, thread, 1)
case.set(go)
case.see("join", thread.join, thread)
