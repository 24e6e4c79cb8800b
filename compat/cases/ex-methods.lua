-- An object of `ex.new` answers as its thread does, from before the start to the end.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local function state(thread) return thread:started(), thread:detached(), thread:joinable() end

local go = case.path()
local thread = ex.new(case.flags .. "wait((...)) return 'the end'", go)
case.see("before", state, thread)
case.see("alive before", thread.alive, thread)
case.see("join before", thread.join, thread)
thread:start(false, true)
case.see("while it runs", state, thread)
case.see("alive", thread.alive, thread)
case.see("join(0)", thread.join, thread, 0)
case.set(go)
case.see("join", thread.join, thread)
case.see("join again", thread.join, thread)
case.see("alive after", thread.alive, thread)
case.see("not joinable", function() return ex.new("return 1"):start(false, false):join() end)
case.hold()
case.see("detached", function() return state(ex.new("return 1"):start(true)) end)
