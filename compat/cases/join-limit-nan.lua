-- A limit that is not a number is refused.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("alive")

local go = case.path()
local thread = case.start(case.llthreads.new(case.flags .. "wait((...), 2) return 7", go))
case.see("NaN", thread.join, thread, 0 / 0)
case.set(go)
case.see("join", thread.join, thread)
