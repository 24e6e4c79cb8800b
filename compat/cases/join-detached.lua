-- `join` on a thread that is detached and not joinable is refused.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local thread = case.start(case.llthreads.new("return 1"), true)
case.see("join", thread.join, thread)
case.see("join(0)", thread.join, thread, 0)
case.see("join again", thread.join, thread)
