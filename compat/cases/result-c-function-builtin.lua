-- A C function of the host itself as a result: on LuaJIT it is more than its address.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local _, floor = case.run("return math.floor")

case.see("it is", function() return type(floor), type(floor) == "string" and floor end)
case.see("called", function() return type(floor) == "function" and floor(7.5) end)
