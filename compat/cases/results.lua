-- A child that returns: `join` gives true and all its values, also trailing nils.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("none", case.run, "")
case.see("return", case.run, "return")
case.see("one", case.run, "return 1")
case.see("nil", case.run, "return nil")
case.see("trailing nils", case.run, "return 1, nil, nil")
case.see("false", case.run, "return false, 'not an error'")
case.see("the arguments", case.run, "return ...", "a", nil, { 1 }, nil)
case.see("of a tail call", case.run, "return (function(...) return select('#', ...), ... end)(...)", 1, nil)
