-- The logger that was set last is the one that is told.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

case.see("join", function()
  return (case.run([[
    local llthreads = require((...))
    llthreads.set_logger(function() print("the first") end)
    llthreads.set_logger(function() print("the last") return "ignored", 2 end)
    error("boo", 0)
  ]], case.name))
end)
case.see("set_logger gives", case.run, "return select('#', require((...)).set_logger(print))", case.name)
