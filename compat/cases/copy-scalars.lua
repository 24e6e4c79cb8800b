-- Nil, booleans and numbers are copied as they are, there and back.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function echo(...) return select(2, assert(case.run("return ...", ...))) end

case.see("nil and booleans", echo, nil, true, false, nil)
case.see("numbers", echo, 0, 1, -1, 0.5, -2 ^ 31, 2 ^ 53, 1e308, 5e-324)
case.see("without end", echo, math.huge, -math.huge)
case.see("minus zero", function() local zero = 0.0 return 1 / echo(-zero) end)
case.see("not a number", function() local nan = echo(0 / 0) return nan ~= nan end)
case.see("types in the child", case.run, "local a, b, c = ... return type(a), type(b), type(c)", nil, false, 1)
case.see("how many in the child", case.run, "return select('#', ...)", nil, 1, nil, nil)
