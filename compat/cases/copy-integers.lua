-- An integer stays an integer, a float a float, where Lua has both.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local kind = math.type or type
local function echo(...) return select(2, assert(case.run("return ...", ...))) end

case.see("in the child", case.run, "local kind, a, b = math.type or type, ... return kind(a), kind(b)", 1, 2 ^ 0)
case.see("back", function() return kind(echo(1)), kind(echo(2 ^ 0)) end)
case.see("as keys", function() return kind((next(echo { [1] = 1 }))), kind((next(echo { [1.5] = 1 }))) end)
case.see("the greatest", function() return tostring(echo(math.maxinteger)) end)
case.see("the least", function() return tostring(echo(math.mininteger)) end)
case.see("a text of digits", echo, "1", "1e1", " 2 ")
