-- In a child of `ex.new` `arg[0]` is the name of the file, or `=(loadstring)`.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local function run(...) return ex.new(...):start():join() end

local path = case.path()
local f = assert(io.open(path, "w"))
f:write("return arg and arg[0] == ..., arg and arg[-1]")
f:close()

case.see("a function", run, function() return arg[0] end)
case.see("a string", run, "return arg[0]")
case.see("a file", run, "@" .. path, path)
case.see("a string after a file as init", run, { "return arg[0]", lua_init = "@" .. path })
case.see("a string after a prelude", run, { "return arg[0]", prelude = "return 1" })
