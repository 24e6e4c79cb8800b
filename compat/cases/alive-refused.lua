-- `alive` is refused as `join` is.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("alive")

local thread = case.llthreads.new("")
case.see("not started", thread.alive, thread)
case.start(thread):join()
case.see("joined", thread.alive, thread)
local detached = case.start(case.llthreads.new(""), true)
case.see("detached", detached.alive, detached)
local unread = case.start(case.llthreads.new(""), false, false)
unread:join()
case.see("not joinable, joined", unread.alive, unread)
