-- An error value that is neither string nor number has a text that says what it is.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local quiet = "require((...)).set_logger(function() end) "

local function told(code)
  local ok, text = case.run(quiet .. code, case.name)
  return ok, (text:gsub("\nstack traceback:.*", ""))
end

case.see("nil", told, "error(nil)")
case.see("nothing", told, "error()")
case.see("true", told, "error(true)")
case.see("false", told, "error(false)")
case.see("a table", told, "error({})")
case.see("a table with a metatable", told, "error(setmetatable({}, {}))")
case.see("a Lua function", told, "error(function() end)")
case.see("a C function", told, "error(print)")
case.see("a coroutine", told, "error(coroutine.create(function() end))")
case.see("raised by assert", told, "assert(false, {})")
case.see("with traceback", function()
  local _, text = case.run(quiet .. "\nerror({})", case.name)
  return text
end)
