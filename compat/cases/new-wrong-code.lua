-- `new` raises without code, and for what is no code.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local new = case.llthreads.new
case.see("nothing", new)
case.see("nil", new, nil)
case.see("a boolean", new, true)
case.see("a table", new, {})
case.see("a function", new, function() end)
case.see("a coroutine", new, coroutine.create(function() end))
case.see("a file", new, io.stdout)
case.see("a thread", new, new(""))
case.see("called as a function", function() return new({}) end)
case.see("called as a field", function() return case.llthreads.new({}) end)
case.see("called as a method", function() return case.llthreads:new("") end)
