-- `ex.new` takes a function, a string of code, or a file.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local function run(...) return ex.new(...):start():join() end

local path = case.path()
local f = assert(io.open(path, "w"))
f:write("return 'from a file', ...")
f:close()

case.see("a function", run, function(a, b) return a + b end, 1, 2)
case.see("a string", run, "local a, b = ... return a + b", 1, 2)
case.see("a binary chunk", run, string.dump(function(...) return "dumped", ... end), 1, 2)
case.see("a file", run, "@" .. path, 1, 2)
case.see("in a table", run, { function(...) return ... end }, 1, 2)
case.see("by name", run, { source = "return ..." }, 1, 2)
case.see("by name and by place", run, { "return 'by place'", source = "return 'by name'" })
case.see("a file in a table", run, { "@" .. path })
