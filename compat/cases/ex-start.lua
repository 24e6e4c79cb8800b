-- `start` of an object of `ex.new` gives the object, or nil and a message.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local thread = ex.new("return 1")
case.see("type", type, thread)
case.see("start", function() return thread:start() == thread end)
case.see("start again", thread.start, thread)
case.see("join", thread.join, thread)
case.see("start after join", thread.start, thread)
