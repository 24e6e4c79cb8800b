-- In a child of `ex.new` the global `arg` is the table of the arguments, with their count.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local function run(...) return ex.new(...):start():join() end

case.see("in a function", run, function() return arg.n, arg[1], arg[2], arg[3] end, 1, nil, "x")
case.see("in a vararg function", run, function(...) return _G.arg.n, _G.arg[1], select("#", ...) end, 1, nil)
case.see("in a string", run, "return arg.n, arg[1], arg[2], #arg", "a", "b")
case.see("without any", run, "return arg.n, arg[1]")
case.see("after a prelude", run, { "return arg.n, arg[1]", prelude = "return 'new', nil, nil" }, 1)
case.see("in the prelude", run, { "return ...", prelude = "return type(arg)" })
case.see("in the init", run, { "return early", lua_init = "early = type(arg)" })
