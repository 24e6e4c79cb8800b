-- `join(0)` does not wait: the thread can be joined again.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("alive")

local go = case.path()
local thread = case.start(case.llthreads.new(case.flags .. "wait((...)) return 7", go))
case.see("join(0)", thread.join, thread, 0)
case.see("join(0) again", thread.join, thread, 0)
case.see('join("0")', thread.join, thread, "0")
case.set(go)
case.see("join", thread.join, thread)
