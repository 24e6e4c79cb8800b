-- `interrupt` returns nothing.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local thread = case.llthreads.new("")
case.see("before start", thread.interrupt, thread)
case.see("before start, true", thread.interrupt, thread, true)
case.see("before start, false", thread.interrupt, thread, false)
case.start(thread):join()
case.see("joined", thread.interrupt, thread)
