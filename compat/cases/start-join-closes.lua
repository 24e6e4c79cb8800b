-- The state of an attached joinable child is closed in `join`.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local ended, closed = case.path(), case.path()
local code = case.flags .. "local ended, closed = ... on_close(function() set(closed) end) set(ended)"
local thread = case.start(case.llthreads.new(code, ended, closed))
case.see("ended", case.wait, ended)
for _ = 1, 50 do case.run("") end -- time for a child that would close its state itself
case.see("closed before join", case.is_set, closed)
case.see("join", thread.join, thread)
case.see("closed after join", case.is_set, closed)
