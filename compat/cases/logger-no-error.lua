-- The logger is told nothing of a child that returns, or that catches its errors.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local child = "require((...)).set_logger(function() print('told') end) "

case.see("returns", case.run, child .. "return 1", case.name)
case.see("catches", case.run, child .. "return (pcall(error, 'boo'))", case.name)
case.see("in a coroutine", case.run, child .. [[
  local co = coroutine.create(function() error("boo") end)
  return (coroutine.resume(co))
]], case.name)
