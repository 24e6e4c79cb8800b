-- `ex.new` without a source raises.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

case.see("nothing", ex.new)
case.see("nil", ex.new, nil)
case.see("false", ex.new, false)
case.see("an empty table", ex.new, {})
case.see("a prelude alone", ex.new, { prelude = "return 1" })
