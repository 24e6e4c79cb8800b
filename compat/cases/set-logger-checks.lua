-- `set_logger` takes a function, nothing else, and returns nothing.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local set_logger = case.llthreads.set_logger
case.see("a function", set_logger, function() end)
case.see("a C function", set_logger, print)
case.see("nothing", set_logger)
case.see("nil", set_logger, nil)
case.see("a string", set_logger, "x")
case.see("a number", set_logger, 1)
case.see("a table", set_logger, {})
case.see("a callable table", set_logger, setmetatable({}, { __call = print }))
