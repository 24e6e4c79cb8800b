-- The limit may have a fraction.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("alive")

local go = case.path()
local thread = case.start(case.llthreads.new(case.flags .. "wait((...), 2) return 7", go))
case.see("join(0.5)", thread.join, thread, 0.5)
case.see('join("0.5")', thread.join, thread, "0.5")
case.see("join(1.5)", thread.join, thread, 1.5)
case.set(go)
case.see("join", thread.join, thread)
