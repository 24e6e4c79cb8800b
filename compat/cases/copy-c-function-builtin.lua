-- A C function of the host itself is copied if its address is all there is to it; on LuaJIT it is not.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local new, floor = case.llthreads.new, math.floor

case.see("new", new, "", floor)
case.see("nested", new, "", { floor })
local ok, thread = pcall(new, "return (...)(7.5)", floor)
if ok then case.see("called", function() return case.start(thread):join() end) end
