-- Arguments that are refused are counted as the caller counts: the first after the code is #2.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local new, bad = case.llthreads.new, coroutine.create(function() end)
case.see("first", new, "", bad)
case.see("third", new, "", 1, nil, bad)
case.see("third of five", new, "", 1, nil, bad, bad, 5)
case.see("nested in the second", new, "", 1, { { bad } })
case.see("key in the second", new, "", 1, { [bad] = 1 })
case.see("a Lua function", new, "", function() end)
case.see("a file", new, "", io.stdout)
case.see("a thread", new, "", new(""))
case.see("called as a function", function() return new("", bad) end)
case.see("called as a field", function() return case.llthreads.new("", bad) end)
