-- A limit that is no number is refused.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("alive")

local go = case.path()
local thread = case.start(case.llthreads.new(case.flags .. "wait((...), 2) return 7", go))
case.see("abc", thread.join, thread, "abc")
case.see("a table", thread.join, thread, {})
case.see("a boolean", thread.join, thread, true)
case.see("a function", thread.join, thread, print)
case.see("as a method", function() return thread:join("abc") end)
case.set(go)
case.see("join", thread.join, thread)
