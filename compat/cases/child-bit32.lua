-- In 5.2 and 5.3 a child has `bit32`.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("bit32", case.run, "return type(bit32)")
case.see("bor", case.run, "if bit32 then return bit32.bor(8, 1) end")
case.see("require", case.run, "return pcall(require, 'bit32') == (bit32 ~= nil)")
