-- The chunk gets the arguments as `...`, and there is no `arg`.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("none", case.run, "return select('#', ...)")
case.see("some", case.run, "return select('#', ...), ...", 1, nil, "x", nil)
case.see("200", case.run, "return select('#', ...), (select(200, ...))", (unpack or table.unpack)({}, 1, 200))
case.see("arg", case.run, "return arg, rawget(_G, 'arg')", 1)
