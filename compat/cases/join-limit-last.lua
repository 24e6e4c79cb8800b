-- The limit is looked at only when the thread can be joined.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local thread = case.llthreads.new("")
case.see("not started", thread.join, thread, "abc")
case.start(thread):join()
case.see("joined", thread.join, thread, "abc")
local detached = case.start(case.llthreads.new(""), true)
case.see("detached", detached.join, detached, "abc")
