-- A C function with an environment of its own, as those of `io` are on Lua 5.1, is more than its address.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local new = case.llthreads.new

case.see("new", new, "", io.write)
local ok, thread = pcall(new, "(...)('written by the child\\n')", io.write)
if ok then case.see("called", function() return case.start(thread):join() end) end
