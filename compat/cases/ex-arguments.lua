-- The arguments of `ex.new` get to the source, also inner and trailing nils.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local function run(...) return ex.new(...):start():join() end

case.see("none", run, function(...) return select("#", ...) end)
case.see("nils", run, function(...) return select("#", ...), ... end, 1, nil, "hello", nil, 2, nil)
case.see("tables", run, "local t = ... return t[1], t.x.y", { 1, x = { y = 2 } })
