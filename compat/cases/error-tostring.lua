-- An error value with `__tostring` is what that gives.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local child = [[
  local name, text = ...
  require(name).set_logger(function() end)
  error(setmetatable({ code = 42 }, { __tostring = function(self) return text or "code " .. self.code end }))
]]

local function told(...)
  local ok, text = case.run(child, case.name, ...)
  return ok, text
end

case.see("a text", told, "my error")
case.see("an empty one", told, "")
case.see("with its fields", told, nil)
