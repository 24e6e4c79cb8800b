-- `new` gives an object, whose code does not run before `start`.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local ran = case.path()
local thread = case.llthreads.new(case.flags .. "set((...))", ran)
case.see("type", type, thread)
for _ = 1, 10 do case.run("") end -- time for a child that would run already
case.see("ran before start", case.is_set, ran)
case.see("join", function() return case.start(thread):join() end)
case.see("ran after join", case.is_set, ran)
