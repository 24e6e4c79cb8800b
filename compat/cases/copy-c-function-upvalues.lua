-- A C function with upvalues, such as an iterator, can't be copied into the child.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local new, iterator = case.llthreads.new, ("ab"):gmatch(".")

case.see("new", new, "", iterator)
case.see("nested", new, "", { iterator })
local ok, thread = pcall(new, "return (...)()", iterator)
if ok then case.see("called", function() return case.start(thread):join() end) end
