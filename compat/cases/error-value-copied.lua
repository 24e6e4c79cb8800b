-- `join` gives a copy of an error value that is neither string nor number, if it can be copied.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local quiet = "require((...)).set_logger(function() end) "
local function third(...) return select("#", ...), (select(3, ...)) end
local function see(label, code)
  case.see(label, function() return third(case.run(quiet .. code, case.name)) end)
end

see("a string", "error('boo')")
see("a number", "error(12)")
see("nil", "error(nil)")
see("true", "error(true)")
see("false", "error(false)")
see("with __tostring", "error(setmetatable({}, { __tostring = function() return 'my error' end }))")
see("a Lua function", "error(function() end)")
see("with a userdata inside", "error({ io.stdout })")
see("too deep", "local t for _ = 1, 31 do t = { t } end error(t)")
case.see("a table", function()
  local code = "local t = { code = 42, list = { 1, 2 } } t.t = t error(setmetatable(t, {}))"
  local value = select(3, case.run(quiet .. code, case.name)) or {}
  return value.code, value.list and value.list[2], value.t == value, getmetatable(value)
end)
