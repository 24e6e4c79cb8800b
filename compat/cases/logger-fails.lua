-- A logger that fails is no new error: its failure is dropped.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local function told(how)
  local ok, text = case.run(([[
    require((...)).set_logger(function() print(%q) %s end)
    error("boo", 0)
  ]]):format("told, then " .. how, how), case.name)
  return ok, (text:gsub("\nstack traceback:.*", ""))
end

case.see("error", told, "error('in the logger')")
case.see("an error value", told, "error({})")
case.see("yield", told, "coroutine.yield()")
case.see("of the language", told, "local t = nil t.x = 1")
case.see("a C function", function()
  return (case.run("require((...)).set_logger(setmetatable) error('boo', 0)", case.name))
end)
