-- A child shares nothing with its parent.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

_G.global_of_parent = true
_G.string.mine = true
case.see("a global of the parent", case.run, "return global_of_parent")
case.see("a field of the parent's string", case.run, "return string.mine, ('').mine")
case.see("change", case.run, "global_of_child = true string.mine = nil string.len = nil")
case.see("a global of a child", rawget, _G, "global_of_child")
case.see("the parent's string", function() return _G.string.mine, type(string.len) end)
case.see("another child", case.run, "return global_of_child, type(string.len)")
