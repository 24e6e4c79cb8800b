-- A C function with upvalues, such as an iterator, becomes a text when it is returned.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local _, iterator = case.run("return ('ab'):gmatch('.')")

case.see("it is", function() return type(iterator), type(iterator) == "string" and iterator end)
case.see("called", function() return type(iterator) == "function" and iterator() end)
